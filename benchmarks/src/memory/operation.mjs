// Runs one operation on one large file in a separate process: `node --expose-gc operation.mjs <Task as JSON>`. Prints
// the peak growth of the process, and the maximum CPU time between two turns of the event loop.
import { copyFiles, MemoryBackend } from "@deepagents-remote/core";
import { resetPeak, residentBytes, watchTurns } from "./watch.mjs";

const MB = 1024 * 1024;
const {
  backend: kind,
  options,
  operation,
  content,
  megabytes,
  files = 1,
  fill = false,
  collect = false,
} = JSON.parse(process.argv[2]);

const LINES = {
  "ASCII text": "a line of an ordinary text file, of about eighty characters, as many files have\n",
  // German with quotation marks: two bytes per character in memory, little more than one in UTF-8.
  "non-ASCII text": "eine Zeile mit Umlauten: „Größe“, „Übermaß“, und mit vielen gewöhnlichen Zeichen\n",
  "short lines": "x\n",
  "one line": "no line ends in this file, whatever its length; ",
  bytes: "\u0000\u0001\u00ff",
};

/** Creates a flat string of the given size, like one from a model or a file. */
function makeText() {
  const line = Buffer.from(LINES[content]);
  const bytes = Buffer.alloc(Math.floor((megabytes * MB) / line.length) * line.length, line);
  const text = bytes.toString("utf8");
  return operation === "edit unique" || operation.startsWith("grep")
    ? `${text.slice(0, -8)}\nneedle\n`
    : text;
}
const makeBytes = () =>
  content === "bytes" ? Buffer.alloc(megabytes * MB, LINES.bytes, "latin1") : Buffer.from(makeText());
const extension = content === "bytes" ? "bin" : "log";
const paths = Array.from(
  { length: files },
  (_, i) => `/large/${content.replaceAll(" ", "-")}${i}.${extension}`,
);

const make = {
  Memory: async () => new MemoryBackend(options),
  PostgreSQL: async () => new (await import("@deepagents-remote/backend-postgres")).PostgresBackend(options),
  S3: async () => new (await import("@deepagents-remote/backend-s3")).S3Backend(options),
};
const backend = await make[kind]();
const fresh = () => `/new/${process.pid}.${extension}`;
const failed = (answer) =>
  Array.isArray(answer) ? answer.find(({ error }) => error) : answer.error && answer;

const OPERATIONS = {
  write: () => {
    const text = makeText();
    return () => backend.write(fresh(), text);
  },
  uploadFiles: () => {
    const list = paths.map((path) => [path.replace("/large", "/new"), makeBytes()]);
    return () => backend.uploadFiles(list);
  },
  "read window": () => () => backend.read(paths[0], 100, 100),
  "read whole": () => () => backend.read(paths[0], 0, Number.POSITIVE_INFINITY),
  readRaw: () => () => backend.readRaw(paths[0]),
  downloadFiles: () => () => backend.downloadFiles(paths),
  "edit unique": () => () => backend.edit(paths[0], "\nneedle", "\nthread"),
  "edit all": () => () => backend.edit(paths[0], LINES[content].slice(0, 3), "abcd", true),
  grep: () => () => backend.grep("needle", "/large"),
  copyFiles: () => () =>
    copyFiles(backend, backend.withNamespace(["copy"]), { path: paths[0], overwrite: true }),
};

await backend.initialize?.();
// Loads everything that the operations need before measuring.
await backend.write(`/warm/${process.pid}`, "warm");
await backend.edit(`/warm/${process.pid}`, "warm", "hot");
await backend.downloadFiles([`/warm/${process.pid}`, "/missing.txt"]);
const isFresh = ["write", "uploadFiles"].includes(operation);
if (kind === "Memory" || fill) {
  if (!isFresh) await backend.uploadFiles(paths.map((path) => [path, makeBytes()]));
}
if (!fill) {
  const run = OPERATIONS[operation]();
  for (let i = 0; i < 3; i++) gc();
  const before = residentBytes("VmRSS");
  resetPeak();
  const turns = watchTurns(collect);
  const start = performance.now();
  const answer = await run();
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const peak = residentBytes("VmHWM");
  const error = failed(answer);
  console.log(
    JSON.stringify({
      growth: (peak - before) / (megabytes * files * MB),
      peakMegabytes: Math.round(peak / MB),
      stretchMs: Math.round(turns.longestMs),
      ms: Math.round(ms),
      error: error && (error.message ?? error.error),
    }),
  );
}
await backend.close();
