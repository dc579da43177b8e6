import { afterAll, beforeAll, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

/** The statements of each operation, as docs/operations.md lists them. */

const database = useDatabase();
let sql: Sql;
let sent = 0;
const backends = {} as Record<"create" | "overwrite", PostgresBackend>;
beforeAll(async () => {
  sql = postgres(database.url, { onnotice: () => {}, debug: () => void sent++, fetch_types: false });
  backends.create = new PostgresBackend({ sql });
  await backends.create.initialize();
  backends.overwrite = new PostgresBackend({ sql, writeMode: "overwrite" });
  await backends.overwrite.initialize();
  await backends.create.uploadFiles([
    ["/dir/a.txt", Buffer.from("one\n")],
    ["/dir/b.txt", Buffer.from("two\n")],
    ["/conversation_history/s.md", Buffer.from("a")],
  ]);
});
afterAll(() => sql.end({ timeout: 5 }));

type Call = (backend: PostgresBackend) => Promise<unknown>;

const bytes = Buffer.from("new");

it.each<[name: string, statements: number, call: Call, mode?: "overwrite"]>([
  ["initialize, of a table that is complete", 2, (b) => b.initialize()],
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
  ["check", 2, (b) => b.check()],
])("%s", async (_name, statements, call, mode = undefined) => {
  sent = 0;
  await call(backends[mode ?? "create"]);
  expect(sent).toBe(statements);
});
