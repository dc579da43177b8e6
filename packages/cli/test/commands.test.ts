import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RemoteBackend } from "@deepagents-remote/core";
import { MemoryFileStore } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import { hashOf } from "../src/files/hash.js";
import { replaceFile } from "../src/files/replace.js";
import { cli, type How } from "./helpers/cli.js";
import { type Kind, useWorkspaces } from "./helpers/workspaces.js";

const workspaces = useWorkspaces();

describe.each<Kind>(["postgres", "s3", "module"])("on %s", (kind) => {
  /** Runs a command on the workspace of a test. */
  const on =
    (part: string) =>
    (command: string, ...rest: (string | How)[]) => {
      const how = rest.filter((each): each is How => typeof each === "object")[0];
      const args = rest.filter((each) => typeof each === "string");
      const workspace = workspaces.of(kind, `${kind}-${part}`);
      return cli([command, "-w", workspace, ...args], {
        env: workspaces.env,
        cwd: workspaces.folder,
        ...how,
      });
    };

  it("stores, lists, prints and searches files", async () => {
    const run = on("read");
    expect(await run("put", "-", "/notes/a.md", { stdin: "one\ntwo\nthree\n" })).toMatchObject({ code: 0 });
    await run("put", "-", "/notes/b.txt", { stdin: "two\n" });
    await run("put", "-", "/c.md", { stdin: "c" });

    expect(await run("ls")).toEqual({ code: 0, stdout: "c.md\nnotes/\n", stderr: "" });
    expect((await run("ls", "-l", "/notes")).stdout).toMatch(
      /^(14B|~117B) {2}\d{4}-\d\d-\d\d [\d:]{8} {2}a\.md\n/,
    );
    const listed = JSON.parse((await run("ls", "/notes/*.md", "--json")).stdout);
    expect(listed).toMatchObject([{ path: "/notes/a.md" }]);
    expect((await run("tree")).stdout.replace(/~?\d+B/g, "?")).toBe(
      "/\n├── c.md  ?\n└── notes/\n    ├── a.md  ?\n    └── b.txt  ?\n\n1 directories, 3 files\n",
    );
    expect((await run("cat", "/c.md", "/notes/*.txt")).stdout).toBe("ctwo\n");
    expect((await run("head", "-n", "2", "/notes/a.md")).stdout).toBe("one\ntwo\n");
    expect((await run("find", "**/*.md")).stdout).toBe("/c.md\n/notes/a.md\n");
    expect((await run("grep", "two")).stdout).toBe("/notes/a.md:2:two\n/notes/b.txt:1:two\n");
    expect((await run("grep", "two", "/", "-g", "*.txt", "-l")).stdout).toBe("/notes/b.txt\n");
    const { total } = JSON.parse((await run("du", "--json")).stdout);
    expect(total).toMatchObject({ path: "/", files: 3, ...(kind !== "s3" && { bytes: 19 }) });
    expect((await run("stat", "/c.md")).stdout).toContain(
      "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6",
    );
  });

  it("says by its exit code what there was not", async () => {
    const run = on("absent");
    await run("put", "-", "/a.md", { stdin: "a" });
    expect(await run("cat", "/none.md")).toMatchObject({ code: 3, stdout: "" });
    expect(await run("ls", "/none")).toMatchObject({ code: 3, stdout: "" });
    expect(await run("rm", "/none/*.md")).toMatchObject({ code: 3 });
    expect(await run("get", "/none.md")).toMatchObject({ code: 3 });
    expect(await run("grep", "nothing")).toEqual({ code: 1, stdout: "", stderr: "" });
    expect(await run("find", "*.txt")).toMatchObject({ code: 1, stdout: "" });
    expect(await run("cat")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("<path...> is missing"),
    });
    expect(await run("head", "/a", "/b")).toMatchObject({ code: 2 });
    expect(await run("ls", "--nonsense")).toMatchObject({ code: 2 });
  });

  it("replaces files only by force", async () => {
    const run = on("force");
    await run("put", "-", "/a", { stdin: "1" });
    expect(await run("put", "-", "/a", { stdin: "2" })).toMatchObject({ code: 4, stdout: "" });
    expect((await run("cat", "/a")).stdout).toBe("1");
    expect(await run("put", "-", "/a", { stdin: "1" })).toMatchObject({ code: 0 });
    expect(await run("put", "-f", "-", "/a", { stdin: "2" })).toMatchObject({ code: 0 });
    expect((await run("cat", "/a")).stdout).toBe("2");
  });

  it("stores and fetches bytes and directories exactly", async () => {
    const run = on("bytes");
    const local = join(workspaces.folder, `${kind}-local`);
    mkdirSync(join(local, "deep"), { recursive: true });
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    writeFileSync(join(local, "deep", "x.bin"), bytes);
    writeFileSync(join(local, "y.txt"), "y\r\n");
    expect(await run("put", local, "/up")).toMatchObject({ code: 2 });
    expect(await run("put", "-r", local, "/up")).toMatchObject({ code: 0 });
    expect(await run("get", "-r", "/up", `${kind}-back`)).toMatchObject({ code: 0 });
    expect(readFileSync(join(workspaces.folder, `${kind}-back`, "deep", "x.bin"))).toEqual(bytes);
    expect(readFileSync(join(workspaces.folder, `${kind}-back`, "y.txt"), "utf8")).toBe("y\r\n");
    expect(await run("get", "/up/y.txt", `${kind}-back/y.txt`)).toMatchObject({ code: 4 });
    expect(await run("get", "/up/y.txt", `${kind}-one`)).toMatchObject({ code: 0 });
    expect(existsSync(join(workspaces.folder, `${kind}-one`))).toBe(true);
  });

  it("edits, copies, moves and deletes, and only says so with --dry-run", async () => {
    const run = on("change");
    await run("put", "-", "/d/a", { stdin: "teh cat, teh dog" });
    expect(await run("edit", "/d/a", "teh", "the")).toMatchObject({ code: 4 });
    expect(await run("edit", "--dry-run", "--all", "/d/a", "teh", "the")).toMatchObject({
      stdout: "would replace 2\n",
    });
    expect((await run("cat", "/d/a")).stdout).toBe("teh cat, teh dog");
    expect(await run("edit", "--all", "/d/a", "teh", "the")).toMatchObject({
      code: 0,
      stdout: "replaced 2\n",
    });

    expect(await run("cp", "/d/a", "/d/b")).toMatchObject({ code: 0, stdout: "/d/a -> /d/b\n" });
    expect(await run("cp", "/d/a", "/d/b")).toMatchObject({ code: 4 });
    expect(await run("mv", "-n", "/d/a", "/e")).toMatchObject({ code: 0, stdout: "/d/a -> /e\n" });
    expect(await run("mv", "-r", "/d", "/moved")).toMatchObject({ code: 0 });
    expect((await run("find", "**")).stdout).toBe("/moved/a\n/moved/b\n");
    expect((await run("cat", "/moved/b")).stdout).toBe("the cat, the dog");
    expect(await run("mv", "-r", "/moved", "/moved/in")).toMatchObject({ code: 2 });

    expect(await run("rm", "/moved")).toMatchObject({ code: 2 });
    expect(await run("rm", "-rn", "/moved")).toMatchObject({
      stdout: expect.stringMatching(/^would delete/),
    });
    expect(await run("rm", "/moved/a")).toMatchObject({ code: 0, stdout: "deleted /moved/a\n" });
    expect(await run("rm", "-r", "/moved")).toMatchObject({ code: 0, stdout: "deleted /moved/b\n" });
    expect((await run("tree")).stdout).toContain(" 0 files\n");
  });

  it("copies to another workspace, once", async () => {
    const run = on("copied");
    await run("put", "-", "/a", { stdin: "1" });
    await run("put", "-", "/b", { stdin: "2" });
    const from = workspaces.of(kind, `${kind}-copied`);
    const to = workspaces.of(kind, `${kind}-copy`);
    const copy = (...options: string[]) => cli(["copy", from, to, ...options], { env: workspaces.env });
    // A dry run creates no table.
    await cli(["put", to, "-", "/c"], { env: workspaces.env, stdin: "3" });
    expect(await copy("--dry-run")).toMatchObject({ code: 0, stdout: "new      /a\nnew      /b\n" });
    expect(await copy()).toMatchObject({ code: 0, stdout: "2 copied, 0 the same, 0 failed\n" });
    expect(await copy()).toMatchObject({ code: 0, stdout: "0 copied, 2 the same, 0 failed\n" });
    await run("put", "-f", "-", "/a", { stdin: "3" });
    expect(await copy()).toMatchObject({ code: 1, stderr: expect.stringContaining("failed /a") });
    expect(JSON.parse((await copy("--force", "--json")).stdout)).toMatchObject({ copied: 1, same: 1 });
  });

  it("is examined by the doctor", async () => {
    const run = on("doctor");
    await run("put", "-", "/a", { stdin: "1" });
    const { code, stdout } = await run("doctor", "--write", "--json");
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout);
    expect(findings).toEqual(
      expect.arrayContaining(
        ["latency", "clock", "write", "delete"].map((name) => expect.objectContaining({ name })),
      ),
    );
    expect(findings.filter((finding: { status: string }) => finding.status === "problem")).toEqual([]);
    expect((await run("ls")).stdout).toBe("a\n");
  });

  it("keeps names and contents from controlling the terminal", async () => {
    const run = on("hostile");
    await run("put", "-", "/a", { stdin: "\u001b]0;owned\u0007" });
    expect((await run("cat", "/a", { terminal: true })).stdout).toBe("\\u001b]0;owned\\u0007");
    expect((await run("cat", "/a")).stdout).toBe("\u001b]0;owned\u0007");
    expect((await run("grep", "owned")).stdout).not.toContain("\u001b");
  });
});

it("does not replace a file that has another content than expected, without guarded writes either", async () => {
  const backend = new RemoteBackend(new MemoryFileStore(), { writeMode: "overwrite" });
  await backend.write("/a", "agent's");
  expect(await replaceFile(backend, "/a", Buffer.from("mine"), undefined)).toBe(false);
  expect(await replaceFile(backend, "/a", Buffer.from("mine"), hashOf(Buffer.from("old")))).toBe(false);
  expect(await backend.readRaw("/a")).toMatchObject({ data: { content: "agent's" } });
});

it("does not replace a file that is created while it is stored", async () => {
  const store = new MemoryFileStore();
  const backend = new RemoteBackend(store, { writeMode: "guarded" });
  const write = backend.write.bind(backend);
  backend.write = async (path, content) => {
    await new RemoteBackend(store).write(path, "agent's");
    return write(path, content);
  };
  expect(await replaceFile(backend, "/a", Buffer.from("mine"), undefined)).toBe(false);
  expect(await backend.readRaw("/a")).toMatchObject({ data: { content: "agent's" } });
});

describe("on services", () => {
  it.each<Kind>(["postgres", "s3"])("%s has namespaces", async (kind) => {
    const run = (...args: string[]) =>
      cli([...args, "-w", workspaces.of(kind, `${kind}-spaces`)], { env: workspaces.env, stdin: "x" });
    expect(await run("put", "-", "/a", "-N", "acme", "-N", "bob")).toMatchObject({ code: 0 });
    expect((await run("ls", "-N", "acme", "-N", "bob")).stdout).toBe("a\n");
    expect((await run("ls", "-N", "other")).stdout).toBe("");
  });

  it("reading creates no table", async () => {
    const workspace = workspaces.of("postgres", "never");
    expect(await cli(["ls", workspace], { env: workspaces.env })).toMatchObject({ code: 5 });
    const doctor = await cli(["doctor", workspace], { env: workspaces.env });
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/problem/) });
  });

  it("a table is migrated", async () => {
    const workspace = workspaces.of("postgres", "migrated");
    const migrate = (...options: string[]) =>
      cli(["migrate", workspace, ...options], { env: workspaces.env });
    expect(await migrate("--dry-run")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^table missing/),
    });
    expect(await migrate()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^table missing -> complete/),
    });
    expect(await cli(["migrate", workspaces.of("s3", "x")])).toMatchObject({ code: 2 });
  });

  it("a store of LangGraph is copied", async () => {
    const module = join(workspaces.folder, "store.mjs");
    writeFileSync(
      module,
      `const items = [{ namespace: ["filesystem"], key: "/a.md", createdAt: new Date(), updatedAt: new Date(),
  value: { content: "from the store", mimeType: "text/markdown", created_at: "2026-01-01T00:00:00.000Z",
    modified_at: "2026-01-01T00:00:00.000Z" } }];
export const store = {
  search: async (_, { offset = 0 } = {}) => items.slice(offset),
  get: async (_, key) => items.find((item) => item.key === key),
};
`,
    );
    const workspace = workspaces.of("postgres", "from_store");
    expect(await cli(["migrate", workspace, "--from", module], { env: workspaces.env })).toEqual({
      code: 0,
      stdout: "1 copied, 0 the same, 0 failed\n",
      stderr: "",
    });
    expect((await cli(["cat", workspace, "/a.md"], { env: workspaces.env })).stdout).toBe("from the store");
  });
});
