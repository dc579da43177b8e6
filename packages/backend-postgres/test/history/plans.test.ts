import { beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";
import { recordStatements, type SentStatement, visits } from "../helpers/plans.js";

const database = useDatabase();

/** Number of files, in the namespaces `big` and `small`. */
const FILES = 30_000;

let sent: SentStatement[];
let store: HistoryStore;
/** Points in the history: after all files were made, and at the end. */
const at = {} as { made: string; now: string; time: string };

beforeAll(async () => {
  const sql: Sql = postgres(database.url, { max: 1, onnotice: () => {} });
  sent = recordStatements(sql);
  store = await HistoryStore.open(database, { sql, searchIndex: "off" });
  for (const table of ["agent_files", "agent_files_history"]) {
    await database.sql.unsafe(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  }
  await database.sql.unsafe(`
    INSERT INTO agent_files (path, content, mime_type, size, ours_at)
    SELECT format('%s/d%s/f%s.txt', (ARRAY['big', 'big', 'small'])[1 + i % 3], i % 40, lpad(i::text, 6, '0')),
      jsonb_build_object('content', jsonb_build_array(repeat('word ', 300))), 'text/plain', 1500, now()
    FROM generate_series(1, ${FILES}) AS i`);
  await store.put("small/made.txt", "");
  const { id } = (await store.versions("small/made.txt"))[0]!;
  at.made = await store.history.resolve({ version: id }, CALL);
  for (let i = 0; i < 10; i++) {
    const by = { thread: `t${i % 2}`, checkpoint: `c${i}` };
    await store.put(`big/d1/f000001.txt`, `${i}`, "write", by);
    await store.put(`big/d4/f000004.txt`, `${i}`, "write", by);
  }
  await store.delete("big/d7/f000007.txt", "file", { thread: "t1", checkpoint: "gone" });
  at.now = `v${(await store.versions("big/d7/f000007.txt")).at(-1)!.id}`;
  at.time = await store.history.resolve(new Date(), CALL);
});

const first = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages) return;
};

const keys = ["big/d1/f000001.txt", "big/d4/f000004.txt", "big/d10/f000010.txt"];

/** Calls, and the rows of each table that each of their statements may look at. */
const CALLS: readonly [name: string, run: () => Promise<unknown>, rows: number][] = [
  ["versions", () => store.history.versions(keys[0]!, { ...CALL, limit: 5 }), 30],
  ["getVersion", () => store.history.getVersion(keys[0]!, at.now.slice(1), CALL), 30],
  ["getAt", () => store.history.getAt(keys, at.made, CALL), 60],
  ["getAt by time", () => store.history.getAt(keys, at.time, CALL), 60],
  ["listAt", () => first(store.history.listAt("big/", at.made, { ...CALL, recursive: true })), 5_000],
  [
    "listAt of a directory",
    () => first(store.history.listAt("big/d1/", at.made, { ...CALL, recursive: false })),
    2_500,
  ],
  ["changedSince", () => first(store.history.changedSince("big/", at.made, CALL)), 50],
  ["changedSince the end", () => first(store.history.changedSince("big/", at.now, CALL)), 50],
  ["changes", () => store.history.changes("", { ...CALL, limit: 10 }), 50],
  ["changes since", () => store.history.changes("big/", { ...CALL, limit: 10, since: at.made.slice(1) }), 50],
  ["changes of a thread", () => store.history.changes("big/", { ...CALL, limit: 5, thread: "t1" }), 50],
  [
    "resolve a checkpoint",
    () => store.history.resolve({ thread: "t1", checkpoint: "gone" }, { ...CALL, root: "big/" }),
    50,
  ],
  [
    "resolve a version",
    () => store.history.resolve({ version: at.now.slice(1) }, { ...CALL, root: "big/" }),
    5,
  ],
  ["resolve a time", () => store.history.resolve(new Date(), CALL), 5],
  ["put", () => store.put("big/new.txt", "new"), 10],
  ["put over a file", () => store.put("big/new.txt", "newer"), 10],
  ["edit", () => store.edit("big/new.txt", (content) => `${content}.`), 10],
  ["delete", () => store.delete("big/new.txt"), 10],
  ["erase", () => store.history.erase("big/new.txt", { ...CALL, scope: "file" }), 30],
  ["open", () => store.store.open(CALL), 10],
];

/** Calls whose best plan depends on how many of the changes are under the prefix. */
const BY_STATISTICS = new Set(["changedSince", "changedSince the end", "changes since"]);

/** Statements that get a plan. */
const isPlanned = ({ text }: SentStatement) => /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(text);

describe.each([
  ["without statistics", "SELECT"],
  ["with statistics", "ANALYZE"],
])("plans %s", (_, learn) => {
  beforeAll(async () => {
    await database.sql.unsafe(learn);
  });

  const calls = CALLS.filter(([name]) => learn === "ANALYZE" || !BY_STATISTICS.has(name));

  it.each(calls)("of %s look at few rows", async (_, run, most) => {
    sent.length = 0;
    await run();
    const statements = sent.filter(isPlanned);
    expect(statements).not.toHaveLength(0);
    for (const statement of statements) {
      for (const table of ["agent_files", "agent_files_history"]) {
        const { rows, nodes } = await visits(database.sql, table, "force_custom_plan", statement);
        expect({ statement: statement.text, table, nodes, isCheap: rows <= most }).toMatchObject({
          isCheap: true,
        });
      }
    }
  });
});
