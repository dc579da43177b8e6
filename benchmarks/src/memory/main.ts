/**
 * Measures memory and event loop blocking of each operation on a large file: `pnpm --filter
 * @deepagents-internal/benchmarks memory`. Linux only. Set `MEGABYTES=100` for larger files, and `ONLY='S3.*edit'` to
 * select measurements. `live` is the growth with continuous garbage collection.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDatabase, startMinio, startPostgres } from "@deepagents-internal/servers";

const run = promisify(execFile);
const child = fileURLToPath(new URL("operation.mjs", import.meta.url));
const megabytes = Number(process.env.MEGABYTES ?? 32);
const only = new RegExp(process.env.ONLY ?? "");

const TEXTS = ["ASCII text", "non-ASCII text", "short lines", "one line"];
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  write: TEXTS,
  uploadFiles: ["ASCII text", "non-ASCII text", "bytes"],
  "read window": ["ASCII text"],
  "read whole": TEXTS,
  readRaw: ["ASCII text", "non-ASCII text", "bytes"],
  downloadFiles: [...TEXTS, "bytes"],
  "edit unique": TEXTS,
  "edit all": TEXTS,
  grep: TEXTS,
  copyFiles: ["ASCII text", "non-ASCII text", "bytes"],
};

interface Measured {
  readonly growth: number;
  readonly peakMegabytes: number;
  readonly stretchMs: number;
  readonly ms: number;
  readonly error?: string;
}

async function operate(task: object): Promise<Measured | undefined> {
  const flags = ["--expose-gc", ...(process.env.NODE_FLAGS?.split(" ") ?? [])];
  const { stdout } = await run(process.execPath, [...flags, child, JSON.stringify(task)], { maxBuffer: 1e9 });
  return stdout === "" ? undefined : JSON.parse(stdout);
}

const quiet = { log: () => {} };
const [postgres, minio] = await Promise.all([startPostgres(quiet), startMinio(quiet)]);
const database = await createDatabase(postgres.url);
const s3 = (format: string) => ({
  bucket: `memory-${format}`,
  createBucket: true,
  endpointUrl: minio.endpoint,
  region: minio.region,
  accessKeyId: minio.accessKeyId,
  secretAccessKey: minio.secretAccessKey,
  format,
});
const common = { operationTimeoutMs: 600_000, maxFileBytes: 250 * 1024 * 1024 };
const backends = {
  Memory: { backend: "Memory", options: common, megabytes },
  "PostgreSQL, lines": { backend: "PostgreSQL", options: { ...common, url: database.url }, megabytes: 3.5 },
  "PostgreSQL, bytes": {
    backend: "PostgreSQL",
    options: { ...common, url: database.url, table: "large", statementTimeoutMs: 600_000 },
    megabytes,
  },
  "S3, json": { backend: "S3", options: { ...common, ...s3("json") }, megabytes },
  "S3, raw": { backend: "S3", options: { ...common, ...s3("raw") }, megabytes },
};

try {
  const table = [];
  for (const [name, settings] of Object.entries(backends)) {
    for (const [operation, contents] of Object.entries(OPERATIONS)) {
      for (const content of contents) {
        const title = `${name}: ${operation} ${content}`;
        if (!only.test(title)) continue;
        const task = { ...settings, operation, content };
        const fill = settings.backend !== "Memory" && !["write", "uploadFiles"].includes(operation);
        const measure = async (collect: boolean) => {
          // Separate namespaces, because a search covers all files.
          const namespace = [title.replace(/\W+/g, "-"), String(collect)];
          const options = { ...settings.options, namespace };
          if (fill) await operate({ ...task, options, fill });
          return (await operate({ ...task, options, collect }))!;
        };
        const { growth, peakMegabytes, stretchMs, ms, error } = await measure(false);
        const live = await measure(true);
        const line = {
          backend: name,
          operation,
          content,
          growth: growth.toFixed(1),
          live: live.growth.toFixed(1),
          peakMegabytes,
          stretchMs,
          ms,
        };
        table.push(error ? { ...line, error } : line);
        console.error(
          `${title}: ${line.growth} x, ${line.live} x live, ${stretchMs} ms ${error ?? live.error ?? ""}`,
        );
      }
    }
  }
  console.table(table);
} finally {
  await database.drop();
  await Promise.all([postgres.stop(), minio.stop()]);
}
