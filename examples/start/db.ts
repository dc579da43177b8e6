import { NAMESPACE, openBackend, TABLE } from "./backend.js";
import { bold, count, dim, printFailure } from "./printing.js";
import { openServer, psqlLine } from "./server.js";
import { filesBelow } from "./workspace.js";

/** Keeps the server of `npm start` running until Ctrl-C, for inspection. */
async function main(): Promise<void> {
  const interrupted = onInterrupt();
  const server = await openServer();
  try {
    console.log(`\n${server.line}\n`);
    console.log(`Address    ${bold(server.shellAddress)}`);
    console.log(`Table      ${TABLE} ${dim(`(npm start's paths begin with ${NAMESPACE}/)`)}`);
    console.log(`Look       ${psqlLine(server, TABLE)}\n`);
    if (!server.ours) return;
    console.log(`${await countFiles(server.url)}. The server runs until Ctrl-C.`);
    await aborted(interrupted);
  } finally {
    await server.stop();
  }
  console.log(`\nStopped. The data stays: ${server.where}`);
}

/**
 * Counts the files. Creates the table if it is missing, so that the psql command works before the first `npm start`.
 */
async function countFiles(url: string): Promise<string> {
  const backend = openBackend(url);
  try {
    const { length } = await filesBelow(backend, "/");
    return length === 0
      ? "No files yet: npm start makes some"
      : `It holds ${count(length, "file")} of npm start`;
  } finally {
    await backend.close();
  }
}

function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
}

/** Keeps this process alive while it waits. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const alive = setInterval(() => {}, 2 ** 30);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}

await main().catch(printFailure);
