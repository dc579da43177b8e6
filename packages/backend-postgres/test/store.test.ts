import { defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import type { Sql } from "postgres";
import { PostgresStore } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

// Two pools, so that races run between instances that share nothing but the server.
let pools: [Sql, Sql];
beforeAll(() => {
  pools = [database.pool(), database.pool()];
});

defineStoreTests({
  name: "PostgresStore",
  create: () => ({
    store: new PostgresStore({ sql: pools[0] }),
    open: () => new PostgresStore({ sql: pools[1] }),
  }),
});

defineStoreTests({
  name: "PostgresStore with pools and tables of its own, without the search index",
  create: ({ name }) => {
    const open = () =>
      new PostgresStore({ url: database.url, maxPoolSize: 3, table: name, searchIndex: "off" });
    return { store: open(), open };
  },
  capabilities: { ownStorage: true },
  only: ["open/", "close/", "keys/", "search/", "abort/"],
});
