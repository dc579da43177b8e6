import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { allCases, type ConformanceOptions, runCase, runConformance } from "../src/conformance/index.js";
import { sharedFiles } from "./conformance/shared-files.js";

const seenAtOnce = allCases.find(({ id }) => id === "races/processes/seen-at-once")!;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "processes-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A module of this text, and options that name it. */
async function moduleOf(
  name: string,
  text: string,
): Promise<ConformanceOptions & { readonly module: string }> {
  const module = join(folder, name);
  await writeFile(module, text);
  const capabilities = { ownRoot: true };
  return { name, create: () => new MemoryBackend(), capabilities, module, timeoutMs: 600_000 };
}

/** True if a process is running. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const backend = `
  const say = (answer) => () => answer;
  const backend = { ls: say({ files: [] }), read: say({ error: "no" }), readRaw: say({ error: "no" }) };
  backend.write = say({ path: "/a.txt", filesUpdate: null });`;

describe("other processes", () => {
  it("run only if a module is named", async () => {
    const files = await sharedFiles();
    const options = { ...(await files.options()), only: ["races/processes/"] };
    const { passed, failed } = await runConformance(options);
    expect([passed.length, failed]).toEqual([4, []]);
    const { module: _, ...rest } = options;
    expect(await runCase(seenAtOnce, rest)).toMatchObject({ status: "not-promised", missing: ["processes"] });
    await files.remove();
  });

  it.each([
    ["named exports of an ES module", "a.mjs", `${backend} export const create = () => backend;`],
    ["its default", "b.mjs", `${backend} export default { create: () => ({ backend }) };`],
    ["a CommonJS module", "c.cjs", `${backend} module.exports = { create: async () => backend };`],
    [
      "a default of a default",
      "d.cjs",
      `${backend} module.exports = { default: { create: () => backend } };`,
    ],
  ])("import `create` from %s", async (_, file, text) => {
    // They open, and then see nothing of what the test's own instance writes.
    for (const module of [(await moduleOf(file, text)).module, pathToFileURL(join(folder, file))]) {
      const { reason } = await runCase(seenAtOnce, { ...(await moduleOf(file, text)), module });
      expect(reason).toContain("what others see after the write");
    }
  });

  it.each([
    ["cannot be loaded", "syntax.mjs", "export const create = ;", /expected {2}a backend[\s\S]*SyntaxError/],
    ["exports nothing", "nothing.mjs", "export const make = 1;", /exports no function create/],
    ["throws", "throws.mjs", 'export const create = () => { throw new Error("no disk") };', /no disk/],
    [
      "ends its process, which says why",
      "ends.mjs",
      'export const create = () => { console.error("out of luck"); process.exit(3); };',
      /got {7}its end \(exit code 3\)\n[\s\S]*stderr of process \d: out of luck/,
    ],
    [
      "has a method that throws",
      "method.mjs",
      'const ls = () => { throw new Error("ls is broken") }; export const create = () => ({ ls });',
      /expected {2}an answer, since no method may throw or reject\n {2}got {7}Error: ls is broken/,
    ],
  ])("fail a case whose module %s", async (_, file, text, reason) => {
    const result = await runCase(seenAtOnce, await moduleOf(file, text));
    expect(result.status).toBe("failed");
    expect(result.reason).toMatch(reason);
  });

  it("fail a case if its module cannot be closed", async () => {
    const files = await sharedFiles();
    const options = await files.options();
    const text = `import { create as open } from ${JSON.stringify(String(options.module))};
      const close = () => { throw new Error("still busy"); };
      export const create = async (context) => ({ ...(await open(context)), close });`;
    const { module } = await moduleOf("close.mjs", text);
    const { status, reason } = await runCase(seenAtOnce, { ...options, module });
    expect(status).toBe("failed");
    expect(reason).toMatch(/expected {2}the backend closed\n {2}got {7}Error: still busy/);
    await files.remove();
  });

  it("have ended when the case ends, even if they hang and the case timed out", async () => {
    const pids = join(folder, "pids");
    const text = (rest: string) => `
      import { mkdirSync } from "node:fs";
      mkdirSync(${JSON.stringify(`${pids}/`)} + process.pid, { recursive: true });
      setInterval(() => {}, 1_000);
      ${rest}`;
    const never = "export const create = () => new Promise(() => {});";
    const stays = `${backend} export const create = () => backend;`;
    await runCase(seenAtOnce, await moduleOf("stays.mjs", text(stays)));
    const ended = (await readdir(pids)).map(Number);
    expect(ended.map(isRunning)).toEqual([false, false, false, false]);
    const { reason } = await runCase(seenAtOnce, {
      ...(await moduleOf("never.mjs", text(never))),
      timeoutMs: 2_000,
    });
    expect(reason).toContain("an end within 2000 ms");
    const killed = (await readdir(pids)).map(Number).filter((pid) => !ended.includes(pid));
    // They have been sent the signal, and the next turns of the loop tell that they are gone.
    while (killed.some(isRunning)) await new Promise((resolve) => setImmediate(resolve));
  });
});
