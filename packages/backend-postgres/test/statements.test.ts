import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

/** The statements of each operation, as docs/operations.md lists them. */

const database = useDatabase();
let sql: Sql;
let sent = 0;
type Name = "create" | "overwrite" | "history" | "history, overwriting";
const backends = {} as Record<Name, PostgresBackend>;
beforeAll(async () => {
  sql = postgres(database.url, { onnotice: () => {}, debug: () => void sent++, fetch_types: false });
  backends.create = new PostgresBackend({ sql });
  await backends.create.initialize();
  backends.overwrite = new PostgresBackend({ sql, writeMode: "overwrite" });
  await backends.overwrite.initialize();
  const recorded = { sql, table: "recorded", history: { by: () => ({ thread: "t", checkpoint: "c" }) } };
  backends.history = new PostgresBackend(recorded);
  await backends.history.initialize();
  backends["history, overwriting"] = new PostgresBackend({ ...recorded, writeMode: "overwrite" });
  await backends["history, overwriting"].initialize();
  for (const backend of [backends.create, backends.history]) {
    await backend.uploadFiles([
      ["/dir/a.txt", Buffer.from("one\n")],
      ["/dir/b.txt", Buffer.from("two\n")],
      ["/conversation_history/s.md", Buffer.from("a")],
    ]);
  }
});
afterAll(() => sql.end({ timeout: 5 }));

type Call = (backend: PostgresBackend) => Promise<unknown>;

const bytes = Buffer.from("new");

const OPERATIONS: [name: string, statements: number, call: Call, mode?: "overwrite"][] = [
  ["read", 1, (b) => b.read("/dir/a.txt")],
  ["readRaw", 1, (b) => b.readRaw("/dir/a.txt")],
  ["downloadFiles", 1, (b) => b.downloadFiles(["/dir/a.txt", "/dir/b.txt"])],
  ["write", 1, (b) => b.write("/new.txt", "new")],
  ["write, refused", 3, (b) => b.write("/dir/a.txt", "other")],
  ["write, overwriting", 1, (b) => b.write("/new.txt", "newer"), "overwrite"],
  ["uploadFiles", 1, (b) => b.uploadFiles(["/dir/b.txt", "/dir/c.txt"].map((path) => [path, bytes]))],
  ["uploadFiles, a history", 2, (b) => b.uploadFiles([["/conversation_history/s.md", Buffer.from("ab")]])],
  ["edit", 2, (b) => b.edit("/dir/a.txt", "one", "1")],
  ["ls", 1, (b) => b.ls("/dir")],
  ["glob", 1, (b) => b.glob("**/*.txt")],
  ["grep without a match", 1, (b) => b.grep("nowhere")],
  ["grep with matches", 2, (b) => b.grep("new")],
  ["delete of a file", 1, (b) => b.delete("/new.txt")],
  ["delete of a directory", 1, (b) => b.delete("/dir")],
];

const count = async (call: Call, name: Name) => {
  sent = 0;
  await call(backends[name]);
  return sent;
};

describe("without a history", () => {
  it.each(OPERATIONS)("%s", async (_name, statements, call, mode = undefined) => {
    expect(await count(call, mode ?? "create")).toBe(statements);
  });

  it.each<[name: string, statements: number, call: Call]>([
    ["initialize, of a table that is complete", 2, (b) => b.initialize()],
    ["check", 2, (b) => b.check()],
  ])("%s", async (_name, statements, call) => {
    expect(await count(call, "create")).toBe(statements);
  });
});

describe("with a history", () => {
  it.each(OPERATIONS)("%s", async (_name, statements, call, mode = undefined) => {
    expect(await count(call, mode ? "history, overwriting" : "history")).toBe(statements);
  });

  it.each<[name: string, statements: number, call: Call]>([
    ["initialize, of a table that is complete", 4, (b) => b.initialize()],
    ["check", 3, (b) => b.check()],
  ])("%s", async (_name, statements, call) => {
    expect(await count(call, "history")).toBe(statements);
  });
});
