// Calls one method of a PostgresBackend in a separate process: `node --expose-gc call.mjs <Call as JSON>`. Prints the
// growth of the process in megabytes, and the longest turn of the event loop in milliseconds.
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { resetPeak, residentBytes, watchTurns } from "./watch.mjs";

const { options, method, parameters } = JSON.parse(process.argv[2]);
const backend = new PostgresBackend(options);
// Loads everything that the call needs before measuring.
await backend.ls("/nothing");
await backend[method](...parameters.map((one) => (typeof one === "string" ? `${one}/nothing` : one)));
for (let i = 0; i < 3; i++) gc();
const before = residentBytes("VmRSS");
resetPeak();
const turns = watchTurns();
const answer = await backend[method](...parameters);
await new Promise((resolve) => setTimeout(resolve, 5));
if (answer.error) throw new Error(answer.message);
const growth = (residentBytes("VmHWM") - before) / (1024 * 1024);
console.log(JSON.stringify({ megabytes: growth, stallMs: turns.longestMs }));
await backend.close();
