import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { endOf } from "./helpers/child.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { answers } from "./helpers/server.js";

withCleanEnvironment();

const cli = fileURLToPath(new URL("../bin/with-servers.mjs", import.meta.url));

function run(parameters: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [cli, ...parameters], { env: { ...process.env, ...env } });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    output.stdout += data;
  });
  child.stderr.on("data", (data) => {
    output.stderr += data;
  });
  return { child, ended: endOf(child).then((end) => ({ ...end, ...output })) };
}

describe("with-servers", () => {
  it.each([0, 1, 42])("ends with the command's exit code %i", async (wanted) => {
    const { code } = await run(["--", process.execPath, "-e", `process.exit(${wanted})`]).ended;
    expect(code).toBe(wanted);
  });

  it("tells the command the server's address and version, says which it took, and stops it", async () => {
    const script =
      "console.log(JSON.stringify([process.env.TEST_POSTGRES_URL, process.env.TEST_POSTGRES_VERSION]))";
    const { stdout, stderr } = await run(["--", process.execPath, "-e", script]).ended;
    const [url, version] = JSON.parse(stdout) as [string, string];
    expect(url).toMatch(/^postgres:\/\/postgres:postgres@/);
    expect(stderr.split("\n").filter((line) => line.startsWith(`PostgreSQL ${version} `))).toHaveLength(1);
    expect(await answers(url)).toBe(false);
  });

  it("gives the command's parameters on as they are", async () => {
    const script = "console.log(JSON.stringify(process.argv.slice(1)))";
    const { stdout } = await run(["--", process.execPath, "-e", script, "--", "a b", "$HOME", "*"]).ended;
    expect(JSON.parse(stdout)).toEqual(["a b", "$HOME", "*"]);
  });

  it("passes SIGTERM on, lets the command clean up on the running server, and ends of the same signal", async () => {
    const script = `
      process.on("SIGTERM", () => {
        console.log("cleaning up");
        process.removeAllListeners("SIGTERM");
        process.kill(process.pid, "SIGTERM");
      });
      setInterval(() => {}, 1000);
      console.log(process.env.TEST_POSTGRES_URL);`;
    const { child, ended } = run(["--", process.execPath, "-e", script]);
    const [url] = (await once(createInterface(child.stdout), "line")) as [string];
    expect(await answers(url)).toBe(true);
    child.kill("SIGTERM");
    const { signal, stdout } = await ended;
    expect(signal).toBe("SIGTERM");
    expect(stdout).toContain("cleaning up");
    expect(await answers(url)).toBe(false);
  });

  it("says which command it cannot run", async () => {
    const { code, stderr } = await run(["--", "no-such-command-anywhere"]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("cannot run no-such-command-anywhere");
  });

  it("does not run the command without a server", async () => {
    const { code, stdout, stderr } = await run(["--", process.execPath, "-e", "console.log('ran')"], {
      TEST_POSTGRES_URL: "postgres://127.0.0.1:1/none",
    }).ended;
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("TEST_POSTGRES_URL is set, but");
  });

  it("shows its usage without a command", async () => {
    const { code, stderr } = await run([]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("usage: with-servers -- <command>");
  });
});
