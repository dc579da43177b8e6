import { copyFiles } from "@deepagents-remote/core";

/** Size of the file in bytes. */
const BYTES = 16 * 1024 * 1024;

/** German with quotation marks: two bytes per character in a string, little more than one in UTF-8. */
const LINE = Buffer.from(
  "eine Zeile mit Umlauten: „Größe“, „Übermaß“, und mit vielen gewöhnlichen Zeichen\n",
);

const PATH = "/large.txt";

const OPERATIONS = {
  write: () => {
    const text = makeText().toString();
    return (backend) => backend.write("/written.txt", text);
  },
  uploadFiles: () => {
    const bytes = makeText();
    return (backend) => backend.uploadFiles([[PATH, bytes]]);
  },
  downloadFiles: () => (backend) => backend.downloadFiles([PATH]),
  readRaw: () => (backend) => backend.readRaw(PATH),
  "read of a window": () => (backend) => backend.read(PATH, 1_000, 100),
  grep: () => (backend) => backend.grep("not in any line"),
  copyFiles: () => (backend) => copyFiles(backend, backend.withNamespace(["copy"]), { path: PATH }),
  "edit of one place": () => (backend) => backend.edit(PATH, "one place", "a place"),
  "edit of all lines": () => (backend) => backend.edit(PATH, "eine Zeile", "Eine Zeile ", true),
};

function makeText() {
  const bytes = Buffer.alloc(Math.floor(BYTES / LINE.length) * LINE.length, LINE);
  bytes.write("one place", BYTES / 2);
  return bytes;
}

/**
 * Runs one operation on a large text and prints its peak memory as a multiple of the file size: JavaScript heap and
 * Buffers, without garbage, which is collected in each turn of the event loop. Plain JavaScript, for programs that are
 * not compiled. Requires `--expose-gc`.
 * @param {import("@deepagents-remote/core").RemoteBackend} backend
 * @param {string} name One of the operations above.
 */
export async function measureLiveMemory(backend, name) {
  await backend.write("/warm.txt", "warm");
  await backend.downloadFiles(["/warm.txt"]);
  const operation = OPERATIONS[name]();
  // The memory of Buffers is released some time after they are collected.
  for (let i = 0; i < 5; i++) {
    liveBytes();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const before = liveBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, liveBytes());
  }, 1);
  const answer = await operation(backend);
  clearInterval(timer);
  peak = Math.max(peak, liveBytes());
  const error = Array.isArray(answer) ? answer.find(({ error }) => error)?.error : answer.error;
  console.log(JSON.stringify({ multiple: (peak - before) / BYTES, error: error ?? undefined }));
  await backend.close();
}

function liveBytes() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
