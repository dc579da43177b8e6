/** Environment variables that each enable LangSmith tracing if set to `true`. */
const SWITCHES = ["LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGCHAIN_TRACING"];

let running = 0;
let before: readonly (string | undefined)[] = [];

/** Runs an agent without tracing, to keep the suite's agents out of the user's traces. */
export async function withoutTracing<T>(run: () => Promise<T>): Promise<T> {
  if (running++ === 0) {
    before = SWITCHES.map((name) => process.env[name]);
    for (const name of SWITCHES) process.env[name] = "false";
  }
  try {
    return await run();
  } finally {
    if (--running === 0) SWITCHES.forEach(restore);
  }
}

function restore(name: string, i: number): void {
  const value = before[i];
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
