import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createDatabase, startMinio, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import type { RemoteBackend } from "@deepagents-remote/core";
import postgres from "postgres";
import { measure } from "../framework/measure.js";
import type { Way } from "../framework/measurement.js";
import type { Context, Suite } from "../framework/suite.js";
import { must } from "../must.js";
import { grepOf, textOf } from "./tasks.js";

/** Lines of the window that is read. */
const LINES = 100;

/** Storages of the searches: one with large logs beside the searched directory, and one without. */
const SEARCHED = { with: "logs", without: "nothing" } as const;
const SMALL_FILES = 500;
const RARE = "extraordinarily rare";

const windowTitle = (service: string, bytes: number) =>
  `${service}: ${LINES} lines in the middle of a file of ${bytes / 1_048_576} MB`;

/** Work on large files, and beside them. */
export const large: Suite = {
  name: "large",
  ids: () => ["large/postgres-window", "large/s3-window", "large/postgres-logs"],
  async run(context) {
    const { wanted } = context;
    if (wanted("large/postgres-window") || wanted("large/postgres-logs")) await onPostgres(context);
    if (wanted("large/s3-window")) await onS3(context);
  },
};

/** Returns a text, and the position in bytes of a window in its middle. */
function windowed(size: number) {
  const text = Buffer.from(textOf(size));
  const line = textOf(1).length;
  const offset = Math.floor(text.length / line / 2);
  return { text, offset, start: offset * line, length: LINES * line - 1 };
}

const readWindow = (backend: RemoteBackend, offset: number) => async () =>
  (await must(backend.read("/large.txt", offset, LINES))).content;

async function onPostgres({ sizes, log, wanted, keep }: Context): Promise<void> {
  const server = await startPostgres({ log });
  const database = await createDatabase(server.url);
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  const opened: PostgresBackend[] = [];
  const open = (name: string) => {
    const options = {
      maxFileBytes: 2 * sizes.large,
      operationTimeoutMs: 600_000,
      statementTimeoutMs: 600_000,
    };
    const backend = new PostgresBackend({ ...options, url: database.url, namespace: [name] });
    opened.push(backend);
    return backend;
  };
  try {
    if (wanted("large/postgres-window")) {
      const { text, offset, start, length } = windowed(sizes.large);
      const backend = open("window");
      await must(backend.uploadFiles([["/large.txt", text]]));
      const plain = async () => {
        const [row] = await sql`
          SELECT substring(bytes FROM ${start + 1} FOR ${length}) AS bytes FROM agent_files WHERE path = 'window/large.txt'`;
        return row!.bytes.toString();
      };
      const ways: Way[] = [
        { name: "PostgresBackend", kind: "ours", run: readWindow(backend, offset) },
        { name: "postgres.js", kind: "raw", run: plain },
      ];
      await keep(
        await measure(
          { id: "large/postgres-window", title: windowTitle("PostgreSQL", sizes.large), ways },
          log,
        ),
      );
    }
    if (wanted("large/postgres-logs")) {
      const { count, bytes } = sizes.logs;
      log(`storing ${count} logs of ${bytes / 1_048_576} MB ...`);
      const [beside, alone] = [open(SEARCHED.with), open(SEARCHED.without)];
      for (let i = 0; i < count; i++)
        await must(beside.uploadFiles([[`/logs/${i}.log`, Buffer.from(textOf(bytes))]]));
      const small = Array.from({ length: SMALL_FILES }, (_, i) => {
        const content = `${textOf(4_096)}${i === 7 ? RARE : ""}\n`;
        return [`/src/${i}.ts`, Buffer.from(content)] as [string, Uint8Array];
      });
      for (const backend of [beside, alone]) await must(backend.uploadFiles(small));
      const run = (backend: RemoteBackend) => () => grepOf(RARE, "/src")(backend as never);
      const ways: Way[] = [
        { name: "PostgresBackend", kind: "ours", run: run(beside) },
        { name: "without the logs", kind: "raw", run: run(alone) },
      ];
      const title = `PostgreSQL: grep for a rare word beside ${count} logs of ${bytes / 1_048_576} MB`;
      await keep(await measure({ id: "large/postgres-logs", title, ways }, log));
    }
  } finally {
    for (const backend of opened) await backend.close();
    await sql.end();
    await database.drop();
    await server.stop();
  }
}

async function onS3({ sizes, log, keep }: Context): Promise<void> {
  const server = await startMinio({ log });
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const bucket = "large";
  const backend = new S3Backend({
    bucket,
    createBucket: true,
    format: "raw",
    endpointUrl: endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    maxFileBytes: 2 * sizes.large,
    operationTimeoutMs: 600_000,
  });
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    const { text, offset, start, length } = windowed(sizes.large);
    await must(backend.uploadFiles([["/large.txt", text]]));
    const Range = `bytes=${start}-${start + length - 1}`;
    const plain = async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: "large.txt", Range }));
      return Body!.transformToString();
    };
    const ways: Way[] = [
      { name: "S3Backend", kind: "ours", run: readWindow(backend, offset) },
      { name: "AWS SDK", kind: "raw", run: plain },
    ];
    await keep(await measure({ id: "large/s3-window", title: windowTitle("S3", sizes.large), ways }, log));
  } finally {
    await backend.close();
    client.destroy();
    await server.stop();
  }
}
