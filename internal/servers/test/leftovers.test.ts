import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { makeTemporaryHome, removeHome } from "../src/homes/temporary-home.js";
import { isPidRunning, markOf } from "../src/os/process-mark.js";
import { until } from "../src/os/until.js";
import { startPostgres } from "../src/postgres/start.js";
import { startHolder } from "./helpers/child.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { answers, show } from "./helpers/server.js";

withCleanEnvironment();

/** Starting a server is what cleans up. */
async function startOnce(): Promise<string[]> {
  const lines: string[] = [];
  const server = await startPostgres({ sources: ["binaries", "embedded"], log: (line) => lines.push(line) });
  await server.stop();
  return lines;
}

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("after kill -9 of a program that started a server", () => {
  it("the next start stops that server and removes its files", async () => {
    const holder = await startHolder("wait");
    const data = await show(holder.url, "data_directory");
    holder.process.kill("SIGKILL");
    await holder.ended;
    expect(await answers(holder.url)).toBe(true);
    const home = dirname(data);
    await startOnce();
    // Another test file that starts at the same moment may be the one that cleans up.
    await until(() => !existsSync(home) || undefined, 30_000);
    expect(existsSync(home)).toBe(false);
    expect(await answers(holder.url)).toBe(false);
  });

  it("a server whose program still runs is left alone", async () => {
    const holder = await startHolder("wait");
    await startOnce();
    expect(await answers(holder.url)).toBe(true);
    holder.process.kill("SIGTERM");
    await holder.ended;
  });

  it("a process that got the server's pid by chance is not stopped", async () => {
    const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    children.push(bystander);
    await once(bystander, "spawn");
    const home = makeTemporaryHome("postgres", undefined);
    mkdirSync(home.data);
    writeFileSync(join(home.data, "postmaster.pid"), `${bystander.pid}\n${home.data}\n0\n5432\n`);
    await disown(home.path);
    await startOnce();
    await until(() => !existsSync(home.path) || undefined, 30_000);
    expect(existsSync(home.path)).toBe(false);
    expect(isPidRunning(bystander.pid!)).toBe(true);
  });

  it("a folder of another machine is left alone", async () => {
    const home = makeTemporaryHome("postgres", undefined);
    const owner = { ...(await deadMark()), host: `not-${hostname()}` };
    writeFileSync(join(home.path, "owner.json"), JSON.stringify(owner));
    await startOnce();
    expect(existsSync(home.path)).toBe(true);
    removeHome(home);
  });
});

/** Makes it the home of a process that has ended. */
async function disown(path: string): Promise<void> {
  expect(readFileSync(join(path, "owner.json"), "utf8")).toContain(String(process.pid));
  writeFileSync(join(path, "owner.json"), JSON.stringify(await deadMark()));
}

async function deadMark() {
  const child = spawn(process.execPath, ["-e", ""]);
  const mark = markOf(child.pid!);
  await once(child, "exit");
  return mark;
}
