import { readFileSync } from "node:fs";

/** Receives a line for whatever takes long or was decided. */
export type Log = (line: string) => void;

/** Returns an address without its password. */
export function redact(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password) parsed.password = "***";
    if (parsed.searchParams.has("password")) parsed.searchParams.set("password", "***");
    return parsed.href;
  } catch {
    return "(not a URL)";
  }
}

/** Returns why a connection failed. Node wraps the reason: in one error per address of a name, or as a cause. */
export function reason(error: unknown): string {
  const { errors, cause, message, code } = Object(error) as {
    errors?: unknown[];
    cause?: unknown;
    message?: string;
    code?: string;
  };
  if (errors?.length) return reason(errors[0]);
  if (cause) return reason(cause);
  return message || String(code ?? error);
}

/** Error of an address in the environment where no server answers. */
export const noAnswer = (variable: string, server: string, why: string): Error =>
  new Error(
    `${variable} is set, but the ${server} does not answer: ${why}. Start that server or correct the address; ` +
      `unset ${variable} to have a server started.`,
  );

/** Returns the last lines of a log, indented for an error message. */
export function logTail(path: string): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-15);
  return lines.map((line) => `  ${line}`).join("\n");
}

/** Logs every 10 s that `work` continues: a silent minute looks like a hang. */
export function withProgress<T>(log: Log, what: string, work: Promise<T>): Promise<T> {
  const started = Date.now();
  const timer = setInterval(() => log(`${what}: ${Math.round((Date.now() - started) / 1_000)} s`), 10_000);
  return work.finally(() => clearInterval(timer));
}
