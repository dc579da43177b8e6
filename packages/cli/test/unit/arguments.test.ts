import { describe, expect, it } from "@jest/globals";
import { localPlace } from "../../src/files/local.js";
import { pointOf } from "../../src/files/point.js";
import { printable } from "../../src/support/printable.js";
import { isWorkspace } from "../../src/workspace/argument.js";
import { postgresOptions } from "../../src/workspace/postgres.js";
import { s3Options } from "../../src/workspace/s3.js";
import { cli } from "../helpers/cli.js";

it.each([
  ["postgres://localhost/db", true],
  ["s3://bucket", true],
  ["./module.mjs", true],
  ["../a/module.ts", true],
  ["@prod", true],
  ["/notes.md", false],
  ["notes.mjs", false],
  ["-", false],
])("%s is a workspace: %s", (argument, is) => expect(isWorkspace(argument)).toBe(is));

describe("a URL of PostgreSQL", () => {
  it("has options, and parameters of libpq that stay", () => {
    expect(
      postgresOptions(
        "postgres://me@h/db?table=t&sslmode=require&history=true&maxPoolSize=3&namespace=a",
        {},
        undefined,
      ),
    ).toEqual({
      table: "t",
      history: true,
      maxPoolSize: 3,
      namespace: ["a"],
      url: "postgres://me@h/db?sslmode=require",
    });
  });

  it("gets its password from the environment, unless it has one", () => {
    const url = (text: string) => postgresOptions(text, { PGPASSWORD: "p/w" }, undefined).url;
    expect(url("postgres://me@h/db")).toBe("postgres://me:p%2Fw@h/db");
    expect(url("postgres://h/db")).toBe("postgres://postgres:p%2Fw@h/db");
    expect(url("postgres://me:own@h/db")).toBe("postgres://me:own@h/db");
  });

  it("refuses values that mean nothing", () => {
    expect(() => postgresOptions("postgres://h/db?maxPoolSize=many", {}, undefined)).toThrow("whole number");
    expect(() => postgresOptions("postgres://h/db?history=yes", {}, undefined)).toThrow("true or false");
  });
});

it("a URL of S3 has a prefix and options", () => {
  expect(s3Options("s3://bucket/a/b%20c?endpoint=http://localhost:9000&history=true")).toEqual({
    bucket: "bucket",
    prefix: "a/b c",
    endpointUrl: "http://localhost:9000",
    history: true,
  });
});

it.each([
  "postgres://me:secret-word@h/db",
  "postgres://h/db?password=secret-word",
  "s3://bucket?secretAccessKey=secret-word",
  "s3://key:secret-word@bucket",
])("a secret in %s is refused, and not repeated", async (workspace) => {
  const { code, stderr } = await cli(["ls", workspace]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("visible to all users")]);
  expect(stderr).not.toContain("secret-word");
});

it.each([
  ["90s", new Date(910_000)],
  ["2h", new Date(1_000_000 - 7_200_000)],
  ["2026-05-01T12:00:00Z", new Date("2026-05-01T12:00:00Z")],
  ["2026-05-01T12:00:00", new Date("2026-05-01T12:00:00Z")],
  ["thread-1:1f0c", { thread: "thread-1", checkpoint: "1f0c" }],
  ["4711", { version: "4711" }],
])("%s is a point in time", (text, point) => expect(pointOf(text, 1_000_000)).toEqual(point));

it.each(["../x", "a/../../x", "/x", "a//b", "."])("%s leaves no folder", (path) => {
  expect(() => localPlace("/home/me", path)).toThrow("cannot be the name of a local file");
});

it("characters that control a terminal are shown", () => {
  expect(printable("a\u001b[2J\tb\n\u202ec\u009b")).toBe("a\\u001b[2J\tb\n\\u202ec\\u009b");
});

describe("help", () => {
  it("is printed with examples, and is no error", async () => {
    expect(await cli(["sync", "--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /\[workspace\] <folder> \[path\][\s\S]*Examples:\n {2}deepagents-files sync/,
      ),
    });
  });

  it.each(["nonsense", "--nonsense"])("names what is wrong: %s", async (argument) => {
    expect(await cli([argument])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("nonsense"),
    });
  });

  it("names workspaces where there is none", async () => {
    expect(await cli(["ls"], { cwd: "/" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("postgres://user@host"),
    });
  });
});
