import { createDatabase, type TestDatabase } from "@deepagents-internal/servers";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend } from "../src/index.js";

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

defineBackendTests({
  name: "PostgresBackend",
  create: ({ name }) => {
    const open = (sql: Sql) => new PostgresBackend({ sql, namespace: ["acme", name] });
    return { backend: open(pools[0]!), open: () => open(pools[1]!) };
  },
  capabilities: { ownRoot: true, strictPaths: true, strictInput: true, byteFidelity: true, ordered: true },
});
