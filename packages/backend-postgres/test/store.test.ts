import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import type { Sql } from "postgres";
import { PostgresFileStore } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

// Two pools, so that races run between instances that share nothing but the server.
let pools: [Sql, Sql];
beforeAll(() => {
  pools = [database.pool(), database.pool()];
});

defineStoreTests({
  name: "PostgresFileStore",
  timeoutMs: CASE_TIMEOUT_MS,
  create: () => ({
    store: new PostgresFileStore({ sql: pools[0] }),
    open: () => new PostgresFileStore({ sql: pools[1] }),
    // Another program's row, which is not a file.
    makeUnreadable: async (key) => {
      await database.sql`UPDATE agent_files SET content = jsonb_build_object('content', content) WHERE path = ${key}`;
    },
  }),
});

defineStoreTests({
  name: "PostgresFileStore with pools and tables of its own, without the search index",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ name }) => {
    const open = () =>
      new PostgresFileStore({ url: database.url, maxPoolSize: 3, table: name, searchIndex: "off" });
    return { store: open(), open };
  },
  capabilities: { ownStorage: true },
  only: ["open/", "close/", "keys/", "search/", "abort/"],
});

defineStoreTests({
  name: "PostgresFileStore with history",
  timeoutMs: CASE_TIMEOUT_MS,
  create: () => {
    const open = (sql: Sql) => new PostgresFileStore({ sql, table: "recorded", history: true });
    return {
      store: open(pools[0]),
      open: () => open(pools[1]),
      makeUnreadable: async (key) => {
        await database.sql`UPDATE recorded SET content = jsonb_build_object('content', content) WHERE path = ${key}`;
      },
    };
  },
});
