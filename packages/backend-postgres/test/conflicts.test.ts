import { beforeAll, describe, expect, it } from "@jest/globals";
import type { PostgresBackend } from "../src/index.js";
import { until } from "./helpers/activity.js";
import { useDatabase } from "./helpers/database.js";

const NAMES = ["a", "m", "z"];
const database = useDatabase();
const set = async (setting: string) => {
  const [{ name } = {}] = await database.sql`SELECT current_database() AS name`;
  await database.sql.unsafe(`ALTER DATABASE "${name}" ${setting}`);
};

const upload = (text: string) => async (backend: PostgresBackend, at: string) => {
  const files = NAMES.map((name): [string, Uint8Array] => [`${at}/${name}`, Buffer.from(text)]);
  return (await backend.uploadFiles(files)).map(({ error }) => error);
};

/** Changes that lock rows in the order of their paths, what they answer, and what is then stored. */
const CHANGES: [
  string,
  (backend: PostgresBackend, at: string) => Promise<unknown>,
  unknown,
  string | null,
][] = [
  ["an upload", upload("new"), [null, null, null], "new"],
  ["a delete", (backend, at) => backend.delete(at), { path: expect.any(String), filesUpdate: null }, null],
];

const expectStored = async (backend: PostgresBackend, at: string, text: string | null) => {
  const files = await backend.downloadFiles(NAMES.map((name) => `${at}/${name}`));
  expect(files.map(({ content }) => content && Buffer.from(content).toString())).toEqual([text, text, text]);
};

describe("a deadlock", () => {
  // Whose check comes first is the victim.
  beforeAll(() => set("SET deadlock_timeout = '10ms'"));

  it.each(CHANGES)("aborts %s, which is retried", async (what, change, answer, stored) => {
    const at = `/deadlock/${what}`;
    const backend = database.backend();
    await upload("old")(backend, at);
    const [rival, gate] = await Promise.all([database.sql.reserve(), database.sql.reserve()]);
    const lock = (sql: typeof rival, name: string) =>
      sql`SELECT FROM agent_files WHERE path = ${`${at.slice(1)}/${name}`} FOR UPDATE`;
    try {
      await rival`BEGIN`;
      await rival`SET LOCAL deadlock_timeout = '1h'`;
      await rival`SET LOCAL application_name = 'deepagents-remote'`;
      await lock(rival, "z");
      await gate`BEGIN`;
      await lock(gate, "m");
      const changing = change(backend, at);
      await until(database.sql, ({ waiting }) => waiting === 1);
      const locked = lock(rival, "a").execute();
      await until(database.sql, ({ waiting }) => waiting === 2);
      await gate`COMMIT`;
      // The change has let go of it, and cannot have been made without what the rival still holds.
      await locked;
      await rival`COMMIT`;
      expect(await changing).toEqual(answer);
      await expectStored(backend, at, stored);
    } finally {
      for (const each of [rival, gate]) {
        await each`ROLLBACK`;
        each.release();
      }
    }
  });
});

describe.each(["repeatable read", "serializable"])("a default isolation of %s", (isolation) => {
  beforeAll(() => set(`SET default_transaction_isolation = '${isolation}'`));

  it.each(CHANGES)(
    "fails %s that waited for a concurrent writer, and it is retried",
    async (what, change, answer, stored) => {
      const at = `/${isolation}/${what}`;
      const backend = database.backend();
      await upload("old")(backend, at);
      let changing: Promise<unknown> = Promise.resolve();
      await database.sql.begin(async (transaction) => {
        await transaction`
        UPDATE agent_files SET modified_at = now() WHERE starts_with(path, ${`${at.slice(1)}/m`})`;
        changing = change(backend, at);
        await until(database.sql, ({ waiting }) => waiting === 1);
      });
      expect(await changing).toEqual(answer);
      await expectStored(backend, at, stored);
    },
  );
});
