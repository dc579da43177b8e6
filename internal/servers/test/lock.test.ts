import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { tryLock, withLock } from "../src/os/lock.js";
import { isRunning, markOf } from "../src/os/process-mark.js";
import { makeFolder } from "./helpers/folder.js";

let folder: ReturnType<typeof makeFolder>;
let path: string;
beforeEach(() => {
  folder = makeFolder();
  path = join(folder.path, "lock");
});
afterEach(() => folder.remove());

describe("withLock", () => {
  it("lets one in at a time, and all in the end", async () => {
    let inside = 0;
    let most = 0;
    let total = 0;
    const enter = () =>
      withLock(path, 30_000, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        total += 1;
      });
    await Promise.all(Array.from({ length: 10 }, enter));
    expect({ most, total }).toEqual({ most: 1, total: 10 });
    expect(existsSync(path)).toBe(false);
  });

  it("is free again after an error", async () => {
    await expect(withLock(path, 1_000, () => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
    expect(existsSync(path)).toBe(false);
  });

  it("names the holder when it cannot wait any longer", async () => {
    const release = tryLock(path)!;
    await expect(withLock(path, 50, async () => {})).rejects.toThrow(
      `process ${process.pid} on ${hostname()}`,
    );
    release();
  });

  it("takes over from a process that died", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const mark = markOf(child.pid!);
    writeFileSync(path, JSON.stringify(mark));
    expect(isRunning(mark)).toBe(true);
    expect(tryLock(path)).toBeUndefined();
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    expect(isRunning(mark)).toBe(false);
    expect(await withLock(path, 5_000, async () => "mine")).toBe("mine");
  });

  it("does not believe that a later process with the same pid is the holder", () => {
    const mark = markOf(process.pid);
    expect(isRunning(mark)).toBe(true);
    if (mark.started !== undefined) expect(isRunning({ ...mark, started: "at another time" })).toBe(false);
  });

  it("does not take a lock that another machine has just taken", () => {
    writeFileSync(path, JSON.stringify({ ...markOf(process.pid), host: `not-${hostname()}` }));
    expect(tryLock(path)).toBeUndefined();
    expect(tryLock(path)).toBeUndefined();
  });
});
