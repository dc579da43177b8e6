import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname, platform } from "node:os";

/** A process named so that a later one with the same pid, or one of another machine, is not mistaken for it. */
export interface ProcessMark {
  pid: number;
  /** When it started, in the words of the operating system; absent where they cannot be had. */
  started?: string;
  host: string;
}

export function markOf(pid: number): ProcessMark {
  const started = look(pid)?.started;
  return { pid, host: hostname(), ...(started === undefined ? {} : { started }) };
}

/** Whether that very process runs. A zombie does not: it only waits for its parent to look. */
export function isRunning(mark: ProcessMark): boolean {
  if (mark.host !== hostname()) return false;
  const now = look(mark.pid);
  if (now === undefined) return false;
  return mark.started === undefined || now.started === undefined || mark.started === now.started;
}

export function isPidRunning(pid: number): boolean {
  return look(pid) !== undefined;
}

/** The command line of a process, or "" where the system does not tell. */
export function commandLine(pid: number): string {
  if (platform() === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    } catch {
      return "";
    }
  }
  if (platform() === "win32") return "";
  return (
    spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? ""
  );
}

export function parseMark(text: string): ProcessMark | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessMark>;
    if (typeof value.pid !== "number" || typeof value.host !== "string") return undefined;
    return {
      pid: value.pid,
      host: value.host,
      ...(typeof value.started === "string" ? { started: value.started } : {}),
    };
  } catch {
    return undefined;
  }
}

function look(pid: number): { started?: string } | undefined {
  if (platform() === "linux") return lookInProc(pid);
  if (platform() === "win32") return answersSignal(pid) ? {} : undefined;
  const ps = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  if (ps.error) return answersSignal(pid) ? {} : undefined;
  const [state, ...started] = ps.stdout.trim().split(/\s+/);
  return !state || state.startsWith("Z") ? undefined : { started: started.join(" ") };
}

/** proc(5): the name in brackets may hold anything, so fields are counted from the last bracket. */
function lookInProc(pid: number): { started?: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return answersSignal(pid) ? {} : undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  const started = fields[19];
  return started === undefined ? {} : { started };
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
