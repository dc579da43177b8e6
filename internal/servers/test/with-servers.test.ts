import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { freePort } from "../src/os/free-port.js";
import { isPidRunning } from "../src/os/process-mark.js";
import { until } from "../src/os/until.js";
import { endOf } from "./helpers/child.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder, writeProgram } from "./helpers/folder.js";
import { homesOf } from "./helpers/minio.js";
import { answers } from "./helpers/server.js";

const given = process.env.TEST_POSTGRES_URL;
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

/** True if a process has written its pid. */
const isComplete = (file: string) => existsSync(file) && readFileSync(file, "utf8").endsWith("\n");

describe("with-servers", () => {
  it.each([0, 1, 42])("ends with the command's exit code %i", async (wanted) => {
    const { code } = await run(["--", process.execPath, "-e", `process.exit(${wanted})`]).ended;
    expect(code).toBe(wanted);
  });

  it("tells the command the servers' addresses, says which it took, and stops what it started", async () => {
    const script = `
      const { TEST_POSTGRES_URL, TEST_POSTGRES_VERSION, TEST_S3_URL } = process.env;
      console.log(JSON.stringify([TEST_POSTGRES_URL, TEST_POSTGRES_VERSION, TEST_S3_URL]));`;
    const { stdout, stderr } = await run(["--", process.execPath, "-e", script]).ended;
    const [url, version, s3] = JSON.parse(stdout) as [string, string, string];
    expect(s3).toBe(process.env.TEST_S3_URL);
    expect(stderr).toContain("(TEST_S3_URL)");
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

  it.each([
    ["TEST_POSTGRES_URL", "postgres://127.0.0.1:1/none"],
    ["TEST_S3_URL", "http://a:b@127.0.0.1:1"],
  ])("does not run the command, and stops the other server, without the one of %s", async (name, value) => {
    const { child, ended } = run(["--", process.execPath, "-e", "console.log('ran')"], { [name]: value });
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(`${name} is set, but`);
    expect(homesOf("postgres", child.pid)).toEqual([]);
  });

  it.each([
    ["runs the command without a server that is missing, and tells it", "", 0],
    ["fails under CI when a server is missing", "true", 1],
  ])("%s", async (_, CI, wanted) => {
    const script = "console.log('minio' in JSON.parse(process.env.TEST_SERVERS_MISSING))";
    const { code, stdout, stderr } = await run(["--", process.execPath, "-e", script], {
      CI,
      TEST_POSTGRES_URL: given,
      TEST_S3_URL: "",
      DOCKER_HOST: `tcp://127.0.0.1:${await freePort()}`,
      XDG_CACHE_HOME: "/nowhere",
      PATH: "/nowhere",
    }).ended;
    expect({ code, stdout: stdout.trim() }).toEqual({ code: wanted, stdout: CI ? "" : "true" });
    expect(stderr).toContain("no MinIO: ");
  });

  it("ends of a signal while it still builds servers, and stops the builds", async () => {
    const folder = makeFolder();
    const pid = join(folder.path, "pid");
    writeProgram(
      folder.path,
      "go",
      `if [ "$1" = env ]; then echo go1.26.8; else echo $$ >>${pid}; exec /bin/sleep 600; fi`,
    );
    const { child, ended } = run(["--", process.execPath, "-e", ""], {
      TEST_POSTGRES_URL: given,
      TEST_S3_URL: "",
      DOCKER_HOST: `tcp://127.0.0.1:${await freePort()}`,
      XDG_CACHE_HOME: folder.path,
      PATH: folder.path,
    });
    const building = await until(() => isComplete(pid) || undefined, 30_000);
    child.kill("SIGTERM");
    const { signal, stderr } = await ended;
    expect({ building, signal }).toEqual({ building: true, signal: "SIGTERM" });
    expect(stderr).toMatch(/^(building (MinIO|VersityGW)[ :].*\n)+$/);
    const builds = readFileSync(pid, "utf8").trim().split("\n").map(Number);
    expect(builds.filter(isPidRunning)).toEqual([]);
    expect(readdirSync(join(folder.path, "deepagents-remote"), { recursive: true })).not.toContainEqual(
      expect.stringContaining("build-"),
    );
    folder.remove();
  });

  it("shows its usage without a command", async () => {
    const { code, stderr } = await run([]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("usage: with-servers -- <command>");
  });
});
