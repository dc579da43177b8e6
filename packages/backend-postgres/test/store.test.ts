import { createDatabase, type TestDatabase } from "@deepagents-internal/servers";
import { defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresStore } from "../src/index.js";

let database: TestDatabase;
let pools: Sql[];

beforeAll(async () => {
  database = await createDatabase();
  // Two pools, so that races run between instances that share nothing but the server.
  pools = [1, 2].map(() => postgres(database.url, { max: 10, onnotice: () => {} }));
});

afterAll(async () => {
  await Promise.all(pools.map((sql) => sql.end()));
  await database.drop();
});

defineStoreTests({
  name: "PostgresStore",
  create: () => ({
    store: new PostgresStore({ sql: pools[0]! }),
    open: () => new PostgresStore({ sql: pools[1]! }),
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
