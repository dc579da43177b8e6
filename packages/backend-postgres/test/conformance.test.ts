import { createDatabase, type TestDatabase } from "@deepagents-internal/servers";
import { layer, RemoteBackend } from "@deepagents-remote/core";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend, PostgresStore } from "../src/index.js";

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

const capabilities = {
  ownRoot: true,
  strictPaths: true,
  strictInput: true,
  byteFidelity: true,
  ordered: true,
};

defineBackendTests({
  name: "PostgresBackend",
  create: ({ name }) => {
    const open = (sql: Sql) => new PostgresBackend({ sql, namespace: ["acme", name] });
    return { backend: open(pools[0]!), open: () => open(pools[1]!) };
  },
  capabilities,
});

defineBackendTests({
  name: "PostgresBackend without a search index",
  create: ({ name }) =>
    new PostgresBackend({ sql: pools[0]!, table: "plain", searchIndex: "off", namespace: [name] }),
  capabilities,
  only: ["grep/"],
});

// A layer that replaces `get` drops the search: what remains is the generic way over the same rows.
defineBackendTests({
  name: "PostgresBackend without its push-downs",
  create: ({ name }) => {
    const store = new PostgresStore({ sql: pools[0]! });
    return new RemoteBackend(layer(store, { get: store.get.bind(store) }), { namespace: ["generic", name] });
  },
  capabilities,
  only: ["grep/", "read/"],
});
