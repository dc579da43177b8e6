import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type BackendProtocolV2, MemoryBackend, RemoteBackend } from "@deepagents-remote/core";
import { MemoryFileStore } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { TEMPORARY } from "../src/files/local.js";
import { fetchFile } from "../src/files/transfer.js";
import { walk } from "../src/files/walk.js";
import { IGNORE_FILE } from "../src/sync/ignored.js";
import { runSync, type SyncOptions } from "../src/sync/run.js";
import { STATE_FILE } from "../src/sync/state.js";
import { cli } from "./helpers/cli.js";
import { type Kind, useWorkspaces } from "./helpers/workspaces.js";

const workspaces = useWorkspaces();
const newFolder = () => mkdtempSync(join(workspaces.folder, "sync-"));

type Files = Record<string, string>;

/** Reads all files of a folder by relative path, without those of `sync` itself. */
function localFiles(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  // A running sync renames its temporary files before they can be read.
  const files = entries
    .filter(({ name }) => !name.endsWith(TEMPORARY))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")] as const)
      .filter(([path]) => path !== STATE_FILE)
      .sort(),
  );
}

async function remoteFiles(backend: BackendProtocolV2): Promise<Files> {
  const files: [string, string][] = [];
  for await (const { path } of walk(backend, "/")) {
    files.push([path.slice(1), Buffer.from(await fetchFile(backend, path)).toString("utf8")]);
  }
  return Object.fromEntries(files.sort());
}

const sync = (backend: BackendProtocolV2, folder: string, more: Partial<SyncOptions> = {}) =>
  runSync({
    backend,
    root: "/",
    folder,
    workspace: "test",
    ignore: [],
    dryRun: false,
    force: true,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  });

function writeLocally(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const overwriting = () => new MemoryBackend({ writeMode: "overwrite" });
const guarded = () => new MemoryBackend({ writeMode: "guarded" });

describe("two sides", () => {
  const names = ["a", "b.md", "d/c.txt", "d/e/f", "g"];
  const change = fc.record({
    side: fc.constantFrom("local", "remote"),
    path: fc.constantFrom(...names),
    deletes: fc.boolean(),
  });
  const rounds = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 4 });

  it.each([
    ["guarded", guarded],
    ["other", overwriting],
  ])("are equal after a run, and nothing that one of them wrote is lost: %s writes", async (_, create) => {
    await fc.assert(
      fc.asyncProperty(rounds, async (rounds) => {
        const backend = create();
        const folder = newFolder();
        let written = 0;
        for (const changes of rounds) {
          const before = localFiles(folder);
          for (const { side, path, deletes } of changes) {
            const text = `content ${written++}`;
            if (side === "remote") {
              if (deletes) await backend.delete(`/${path}`);
              else await backend.uploadFiles([[`/${path}`, Buffer.from(text)]]);
            } else if (deletes) rmSync(join(folder, path), { force: true });
            else writeLocally(folder, path, text);
          }
          const [local, remote] = [localFiles(folder), await remoteFiles(backend)];
          const files = await sync(backend, folder);
          expect(files.filter(({ outcome }) => outcome !== "done")).toEqual([]);

          const after = localFiles(folder);
          expect(await remoteFiles(backend)).toEqual(after);
          const contents = new Set(Object.values(after));
          for (const side of [local, remote]) {
            for (const [path, text] of Object.entries(side)) {
              if (before[path] !== text) expect([...contents]).toContain(text);
            }
          }
          // What one side left alone is as the other side wants it.
          for (const path of names) {
            if (local[path] === before[path]) expect(after[path]).toBe(remote[path]);
            else if (remote[path] === before[path]) expect(after[path]).toBe(local[path]);
          }
          expect(await sync(backend, folder)).toEqual([]);
        }
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  it("keep both contents of a conflict", async () => {
    const [backend, folder] = [guarded(), newFolder()];
    writeLocally(folder, "notes.md", "mine");
    await backend.write("/notes.md", "theirs");
    const [file] = await sync(backend, folder);
    expect(file).toMatchObject({ path: "notes.md", kind: "conflict", outcome: "done" });
    const files = { "notes.md": "theirs", [file!.keptAs!]: "mine" };
    expect(localFiles(folder)).toEqual(files);
    expect(await remoteFiles(backend)).toEqual(files);
  });

  it("lose nothing to a write while the run is under way", async () => {
    const store = new MemoryFileStore();
    const [backend, agent] = [new RemoteBackend(store, { writeMode: "guarded" }), new RemoteBackend(store)];
    const folder = newFolder();
    await backend.write("/a", "1");
    await sync(backend, folder);
    writeLocally(folder, "a", "2");
    const write = backend.write.bind(backend);
    // The agent is faster by a moment.
    backend.write = async (path, content) => {
      backend.write = write;
      await agent.uploadFiles([["/a", Buffer.from("agent's")]]);
      return write(path, content);
    };
    expect(await sync(backend, folder)).toMatchObject([{ path: "a", outcome: "changed" }]);
    expect(await remoteFiles(backend)).toEqual({ a: "agent's" });
    expect(await sync(backend, folder)).toMatchObject([{ path: "a", kind: "conflict" }]);
    expect(Object.values(localFiles(folder)).sort()).toEqual(["2", "agent's"]);
  });
});

describe("a run", () => {
  it("plans without changing anything", async () => {
    const [backend, folder] = [guarded(), newFolder()];
    writeLocally(folder, "a", "1");
    await backend.write("/b", "2");
    expect(await sync(backend, folder, { dryRun: true })).toMatchObject([
      { path: "a", kind: "upload", outcome: "planned" },
      { path: "b", kind: "download", outcome: "planned" },
    ]);
    expect([localFiles(folder), await remoteFiles(backend)]).toEqual([{ a: "1" }, { b: "2" }]);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("leaves ignored files alone on both sides", async () => {
    const [backend, folder] = [guarded(), newFolder()];
    writeLocally(folder, IGNORE_FILE, "*.log\ncache/\n");
    writeLocally(folder, "x.log", "1");
    await backend.write("/cache/deep/y", "2");
    await backend.write("/z.tmp", "3");
    expect(await sync(backend, folder, { ignore: ["*.tmp"] })).toMatchObject([{ path: IGNORE_FILE }]);
    expect(Object.keys(await remoteFiles(backend))).toEqual([IGNORE_FILE, "cache/deep/y", "z.tmp"]);
  });

  it("deletes nothing because a whole side is missing", async () => {
    const [backend, folder] = [guarded(), newFolder()];
    await backend.write("/a", "1");
    await sync(backend, folder);
    await expect(sync(guarded(), folder, { force: false })).rejects.toThrow("The workspace is empty");
    expect(localFiles(folder)).toEqual({ a: "1" });
  });

  it("does not write through symbolic links", async () => {
    const [backend, folder, outside] = [guarded(), newFolder(), newFolder()];
    symlinkSync(outside, join(folder, "link"));
    await backend.write("/link/a", "1");
    symlinkSync(join(outside, "none"), join(folder, "dangling"));
    await backend.write("/dangling", "2");
    expect(await sync(backend, folder)).toMatchObject([
      { path: "dangling", outcome: "failed" },
      { path: "link/a", outcome: "failed" },
    ]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it("refuses a folder of another workspace", async () => {
    const [backend, folder] = [guarded(), newFolder()];
    await sync(backend, folder);
    await expect(sync(backend, folder, { workspace: "other" })).rejects.toThrow(
      "is synchronized with test:/",
    );
  });
});

it.each<Kind>(["postgres", "s3", "module"])("the command works on %s", async (kind) => {
  const workspace = workspaces.of(kind, `${kind}-sync`);
  const folder = newFolder();
  const run = (...args: string[]) => cli(args, { env: workspaces.env, stdin: "2" });
  writeLocally(folder, "a.md", "1");
  writeFileSync(join(folder, "b.bin"), Buffer.from([0, 255, 128]));
  await run("put", workspace, "-", "/sub/c.md");
  expect(await run("sync", workspace, folder)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/3 synchronized, 0 conflicts, 0 left\n$/),
  });
  expect(readFileSync(join(folder, "sub", "c.md"), "utf8")).toBe("2");
  writeLocally(folder, "a.md", "3");
  rmSync(join(folder, "b.bin"));
  expect(JSON.parse((await run("sync", "--json", workspace, folder)).stdout)).toMatchObject({
    files: [
      { path: "a.md", kind: "upload", outcome: "done" },
      { path: "b.bin", kind: "delete-remote", outcome: "done" },
    ],
  });
  expect((await run("cat", workspace, "/a.md")).stdout).toBe("3");
  expect((await run("find", workspace, "**")).stdout).toBe("/a.md\n/sub/c.md\n");
});

it("--watch goes on, and carries later changes of both sides, until it is interrupted", async () => {
  const workspace = workspaces.of("postgres", "watched");
  const folder = newFolder();
  const interrupt = new AbortController();
  const on = (...args: string[]) => cli(args, { env: workspaces.env, stdin: "theirs" });
  const watching = cli(["sync", "--watch", "--interval", "0.01", workspace, folder], {
    env: workspaces.env,
    signal: interrupt.signal,
  });
  await on("put", workspace, "-", "/a");
  while (localFiles(folder).a !== "theirs") await setImmediate();
  writeLocally(folder, "b", "mine");
  while ((await on("cat", workspace, "/b")).stdout !== "mine");
  interrupt.abort();
  expect(await watching).toMatchObject({ code: 130 });
});
