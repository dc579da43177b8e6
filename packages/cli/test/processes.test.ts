import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { cli, type Ended } from "./helpers/cli.js";
import { useWorkspaces } from "./helpers/workspaces.js";

const workspaces = useWorkspaces();
const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** Program in the syntax of a shell. */
const program = `'${process.execPath}' '${bin}'`;

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  return { ...env, ...workspaces.env, TERM: "xterm", ...more };
}

/** Runs a line of a shell. */
function shell(line: string, env: NodeJS.ProcessEnv = environment()): Promise<Ended> {
  const child = spawn("bash", ["-o", "pipefail", "-c", line], { env, cwd: workspaces.folder });
  child.stdin.end();
  return ended(child);
}

function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr })));
}

describe("in pipes", () => {
  it("stores what comes in, and prints exactly that", async () => {
    const workspace = `'${workspaces.of("postgres", "pipes")}'`;
    const line = `printf 'a\\r\\n\\xff' | ${program} put ${workspace} - /x && ${program} cat ${workspace} /x | od -An -tx1`;
    expect(await shell(line)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 61 0d 0a ff\n$/) });
  });

  it("ends when the reader does", async () => {
    const workspace = `'${workspaces.of("postgres", "closed")}'`;
    await shell(`yes | head -c 2000000 | ${program} put ${workspace} - /x`);
    expect(await shell(`${program} cat ${workspace} /x | head -n 1`)).toMatchObject({
      stdout: "y\n",
      stderr: "",
    });
  });

  it("has no colors", async () => {
    const workspace = `'${workspaces.of("module", "plain")}'`;
    const line = `echo 1 | ${program} put ${workspace} - /d/x && ${program} ls ${workspace}`;
    expect(await shell(line)).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nd\/\n$/) });
  });

  it("finds a workspace in the environment and in the configuration", async () => {
    const module = workspaces.of("module", "configured");
    const env = environment({ DEEPAGENTS_WORKSPACE: module });
    expect(await shell(`echo 1 | ${program} put - /x && ${program} ls`, env)).toMatchObject({ code: 0 });
    writeFileSync(
      join(workspaces.folder, "deepagents-remote.config.mjs"),
      `export default { default: "it", workspaces: { it: ${JSON.stringify(module)} } };`,
    );
    expect(await shell(`${program} ls && ${program} ls @it`)).toMatchObject({ code: 0, stdout: "x\nx\n" });
    expect(await shell(`${program} ls @other`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("It has @it."),
    });
  });

  it("hands the conformance suite on to core", async () => {
    const { code, stdout } = await shell(`${program} conformance --list --filter edit/literal`);
    expect([code, stdout]).toEqual([0, expect.stringContaining("edit/literal/")]);
  });

  it("prints a completion that bash accepts", async () => {
    const line = `eval "$(${program} completion bash)"; COMP_WORDS=(deepagents-files re); COMP_CWORD=1; _deepagents_files; echo "\${COMPREPLY[@]}"`;
    expect(await shell(line)).toEqual({ code: 0, stdout: "restore rewind\n", stderr: "" });
  });
});

// `script` of util-linux makes a pseudo-terminal.
const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("in a terminal", () => {
  const terminal = (command: string, env?: NodeJS.ProcessEnv) =>
    shell(`script -qec "${command.replaceAll('"', '\\"')}" /dev/null`, env);

  it("has colors, unless NO_COLOR is set", async () => {
    const workspace = `'${workspaces.of("module", "colors")}'`;
    await shell(`echo 1 | ${program} put ${workspace} - /d/x`);
    expect(await terminal(`${program} ls ${workspace}`)).toMatchObject({
      stdout: "\u001b[34md/\u001b[39m\r\n",
    });
    const env = environment({ NO_COLOR: "1" });
    expect(await terminal(`${program} ls ${workspace}`, env)).toMatchObject({ stdout: "d/\r\n" });
  });

  it("shows progress, which leaves no trace", async () => {
    const [from, to] = [workspaces.of("module", "progress"), workspaces.of("module", "progress-to")];
    await shell(`echo 1 | ${program} put '${from}' - /x`);
    const { stdout } = await terminal(`${program} copy '${from}' '${to}'`);
    expect(stdout).toBe(
      "\r\u001b[K1 copied, 0 the same, 0 failed  /x\r\u001b[K1 copied, 0 the same, 0 failed\r\n",
    );
  });

  it("asks for a password, and does not show it", async () => {
    const { PGPASSWORD: password, ...env } = environment();
    const command = `${program} put --password '${workspaces.of("postgres", "asked")}' ${bin} /x`;
    const child = spawn("script", ["-qec", command, "/dev/null"], { env, cwd: workspaces.folder });
    let shown = "";
    child.stdout.on("data", (text) => {
      if (!shown.includes("Password: ") && `${shown}${text}`.includes("Password: ")) {
        child.stdin.write(`${password}\n`);
      }
      shown += text;
    });
    const { code, stdout } = await ended(child);
    expect([code, stdout.replaceAll("\r", "")]).toEqual([
      0,
      expect.stringMatching(/^Password: \nnew .*\/x\n$/),
    ]);
  });
});

it("ends at once by Ctrl-C while a backend does not answer", async () => {
  const module = join(workspaces.folder, "silent.mjs");
  writeFileSync(
    module,
    `const never = () => { process.stderr.write("asked "); return new Promise(() => setInterval(() => {}, 1000)); };
export const backend = { ls: never, readRaw: never, write: never };
`,
  );
  const child = spawn(process.execPath, [bin, "ls", `file://${module}`], { env: environment() });
  child.stderr.once("data", () => child.kill("SIGINT"));
  expect(await ended(child)).toEqual({ code: 130, stdout: "", stderr: "asked Interrupted.\n" });
});

it("completes a copy after kill -9", async () => {
  const files = 450;
  const core = createRequire(import.meta.url).resolve("@deepagents-remote/core");
  const module = join(workspaces.folder, "stalls.mjs");
  writeFileSync(
    module,
    `import core from ${JSON.stringify(pathToFileURL(core).href)};
export const backend = new core.MemoryBackend();
await backend.uploadFiles(Array.from({ length: ${files} }, (_, i) => ["/f" + i, Buffer.from("content " + i)]));
const download = backend.downloadFiles.bind(backend);
let batches = 0;
backend.downloadFiles = (paths) => (process.env.STALLS && ++batches > 2 ? new Promise(() => setInterval(() => {}, 1000)) : download(paths));
`,
  );
  const to = workspaces.of("postgres", "killed");
  const child = spawn(process.execPath, [bin, "copy", `file://${module}`, to], {
    env: environment({ STALLS: "1" }),
  });
  const over = ended(child);
  for (let copied = 0; copied < 200; ) {
    const { stdout } = await cli(["find", to, "**"], { env: workspaces.env });
    copied = stdout.split("\n").length - 1;
  }
  child.kill("SIGKILL");
  expect(await over).toMatchObject({ code: -1, stdout: "" });
  expect(await cli(["copy", `file://${module}`, to], { env: workspaces.env })).toMatchObject({
    code: 0,
    stdout: "250 copied, 200 the same, 0 failed\n",
  });
});
