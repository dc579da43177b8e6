import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { buildProgram } from "../src/go/build.js";
import { findGo, type Go } from "../src/go/go.js";
import { cachedProgram, cacheFolder } from "../src/go/program.js";
import { MINIO } from "../src/minio/program.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder, writeProgram } from "./helpers/folder.js";

withCleanEnvironment();

/** Stands where Go is looked for, and notes what it is asked to install. A real build takes minutes. */
function writeGo(install: string, version = "go1.26.8", toolchain = "local"): void {
  const script = `
    if [ "$1" = env ]; then printf '%s\\n' ${version} ${toolchain}; exit; fi
    echo "$* CGO_ENABLED=$CGO_ENABLED" >>"${folder.path}/asked"
    ${install}`;
  writeProgram(folder.path, "go", script);
}

const SUCCEED = 'echo program >"$GOBIN/minio"';
/** Until a test has seen what it waits for, or has ended without. */
const WAIT = 'while [ -e "$0" ] && [ ! -e "$(dirname "$0")/go-on" ]; do sleep 0.02; done';

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
  process.env.PATH = `${folder.path}:/usr/bin:/bin`;
  process.env.XDG_CACHE_HOME = join(folder.path, "cache");
});
afterEach(() => folder.remove());

const asked = () => readFileSync(join(folder.path, "asked"), "utf8").trimEnd().split("\n");
const goOn = () => writeFileSync(join(folder.path, "go-on"), "");

function build(log: (line: string) => void = () => {}): Promise<string> {
  return buildProgram(MINIO, findGo(MINIO) as Go, { log, signals: false, progressMs: 10 });
}

describe("buildProgram", () => {
  it("has Go install the pinned version, and keeps the program in a folder named after it", async () => {
    writeGo(SUCCEED);
    const lines: string[] = [];
    const program = await build((line) => lines.push(line));
    const version = "v0.0.0-20260212201848-7aac2a2c5b7c";
    expect(asked()).toEqual([
      `install -v -trimpath -ldflags -s -w github.com/minio/minio@${version} CGO_ENABLED=0`,
    ]);
    expect(program.startsWith(join(folder.path, "cache", "deepagents-remote", `minio-${version}-`))).toBe(
      true,
    );
    expect(readdirSync(dirname(program))).toEqual(["minio"]);
    expect(lines[0]).toContain(`building MinIO ${version} with go1.26.8`);
  });

  it("builds once when five ask at the same time", async () => {
    writeGo(SUCCEED);
    const programs = await Promise.all([1, 2, 3, 4, 5].map(() => build()));
    expect(new Set(programs)).toEqual(new Set([cachedProgram(MINIO)]));
    expect(asked()).toHaveLength(1);
  });

  it("says how far it is, and that another one waits", async () => {
    writeGo(
      `printf 'go: downloading %s\\n' a b >&2; printf '%s\\n' x/y internal/z errors >&2; ${WAIT}; ${SUCCEED}`,
    );
    const wanted = [
      /^building MinIO: \d+ s, 2 modules downloaded, 3 packages compiled$/,
      /^waiting for another /,
    ];
    const log = (line: string) => {
      const at = wanted.findIndex((pattern) => pattern.test(line));
      if (at >= 0) wanted.splice(at, 1);
      if (wanted.length === 0) goOn();
    };
    await Promise.all([build(log), build(log)]);
    expect(wanted).toEqual([]);
  });

  it("shows the end of what Go said when it fails, and can be tried again", async () => {
    writeGo("echo some/package >&2; seq -f 'line %g' 20 >&2; exit 3");
    await expect(build()).rejects.toThrow(
      /^building it with go1\.26\.8 failed \(exit code 3\):\n {2}line 6\n[\s\S]* {2}line 20$/,
    );
    expect(readdirSync(cacheFolder(MINIO))).toEqual([]);
    writeGo(SUCCEED);
    expect(existsSync(await build())).toBe(true);
  });

  it("removes what a build that was killed left", async () => {
    const half = join(cacheFolder(MINIO), "build-killed");
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, "minio"), "half");
    writeGo(SUCCEED);
    expect(readFileSync(await build(), "utf8")).toBe("program\n");
    expect(existsSync(half)).toBe(false);
  });
});

describe("findGo", () => {
  it.each([
    ["go1.24.0", "local"],
    ["go1.21.3", "auto"],
    ["go2.0", "local"],
    ["devel", "local"],
  ])("takes %s with GOTOOLCHAIN=%s", (version, toolchain) => {
    writeGo("", version, toolchain);
    expect(findGo(MINIO)).toEqual({ program: join(folder.path, "go"), version });
  });

  it.each([
    ["go1.23.9", "local"],
    ["go1.20.1", "auto"],
  ])("says that %s with GOTOOLCHAIN=%s is too old", (version, toolchain) => {
    writeGo("", version, toolchain);
    expect(findGo(MINIO)).toBe(
      `MinIO is built with Go 1.24 or later, not with ${version} in ${folder.path}/go`,
    );
  });

  it("says that there is none", () => {
    process.env.PATH = folder.path;
    expect(findGo(MINIO)).toBe("there is no Go on PATH to build it with");
  });

  it("says that one does not run", () => {
    writeProgram(folder.path, "go", "echo broken >&2; exit 1");
    expect(findGo(MINIO)).toBe(`${folder.path}/go does not run: broken`);
  });
});
