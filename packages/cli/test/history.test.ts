import { describe, expect, it } from "@jest/globals";
import { cli } from "./helpers/cli.js";
import { type Kind, useWorkspaces } from "./helpers/workspaces.js";

const workspaces = useWorkspaces();

describe.each<Kind>(["postgres", "s3"])("on %s", (kind) => {
  const on = (part: string) => {
    const workspace = workspaces.of(kind, `${kind}-${part}`, "&history=true");
    return (stdin: string, command: string, ...args: string[]) =>
      cli([command, "-w", workspace, ...args], { env: workspaces.env, stdin });
  };

  it("shows, compares and restores versions", async () => {
    const run = on("versions");
    await run("one\n", "put", "-", "/a.md");
    await run("two\n", "put", "-f", "-", "/a.md");
    const listed = JSON.parse((await run("", "history", "/a.md", "--json")).stdout);
    expect(listed.versions).toMatchObject([
      { path: "/a.md", current: true, by: { agent: "deepagents-files" } },
      { path: "/a.md" },
    ]);
    const [newest, oldest] = listed.versions.map(({ version }: { version: string }) => version);
    expect((await run("", "history", "/a.md")).stdout).toContain("agent=deepagents-files");

    expect(await run("", "diff", "/a.md")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("-one\n+two\n"),
    });
    expect(await run("", "diff", "/a.md", newest, newest)).toMatchObject({ code: 0, stdout: "" });
    expect((await run("", "cat", "/a.md", "--at", oldest)).stdout).toBe("one\n");

    expect((await run("", "restore", "-n", "/a.md", oldest)).stdout).toContain("-two\n+one\n");
    expect((await run("", "cat", "/a.md")).stdout).toBe("two\n");
    expect(await run("", "restore", "/a.md", oldest, "--if-version", oldest)).toMatchObject({ code: 4 });
    expect(await run("", "restore", "/a.md", oldest)).toMatchObject({ code: 0 });
    expect((await run("", "cat", "/a.md")).stdout).toBe("one\n");
    expect(await run("", "history", "/never.md")).toMatchObject({ code: 3, stdout: "" });
  });

  it("lists all changes, and goes back to a point in time", async () => {
    const run = on("points");
    await run("1", "put", "-", "/keep");
    await run("1", "put", "-", "/gone");
    /** Lists changes until there are as many. S3 holds back those of the current second. */
    const changes = async (count: number, ...since: string[]) => {
      for (;;) {
        const page = JSON.parse((await run("", "changes", "--json", ...since)).stdout);
        if (page.changes.length >= count) return page;
      }
    };
    const { next } = await changes(2);
    await run("", "rm", "/gone");
    await run("2", "put", "-f", "-", "/keep");
    await run("1", "put", "-", "/new");
    const later = await changes(3, "--since", next);
    expect(later.changes.map(({ path }: { path: string }) => path)).toEqual(["/gone", "/keep", "/new"]);

    expect((await run("", "at", next)).stdout).toMatch(/\/gone\n.*\/keep\n$/s);
    const planned = await run("", "rewind", "--dry-run", next);
    expect(planned.stdout.split("\n").sort()).toEqual([
      "",
      "deleted  /new",
      "restored /gone",
      "restored /keep",
    ]);
    expect((await run("", "cat", "/keep")).stdout).toBe("2");
    const done = await run("", "rewind", next);
    expect(done.stdout.split("\n").sort()).toEqual(planned.stdout.split("\n").sort());
    expect((await run("", "find", "**")).stdout).toBe("/gone\n/keep\n");
    expect((await run("", "cat", "/keep")).stdout).toBe("1");
  });
});

it("a workspace without history says so", async () => {
  const ended = await cli(["history", workspaces.of("module", "plain"), "/a"]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("keeps no history") });
});
