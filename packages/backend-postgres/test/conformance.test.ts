import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { RemoteBackend } from "@deepagents-remote/core";
import { type Author, type FileStore, layer } from "@deepagents-remote/core/adapter";
import { allCases } from "@deepagents-remote/core/conformance";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll, expect, it } from "@jest/globals";
import type { Sql } from "postgres";
import { PostgresBackend, PostgresFileStore } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

// Two pools, so that races run between instances that share nothing but the server.
let pools: [Sql, Sql];
beforeAll(() => {
  pools = [database.pool(), database.pool()];
});

const capabilities = { ownRoot: true, namespaces: true };

defineBackendTests({
  name: "PostgresBackend",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = (sql: Sql) => new PostgresBackend({ sql, namespace: ["acme", ...namespace] });
    return { backend: open(pools[0]), open: () => open(pools[1]) };
  },
  capabilities,
});

/** Families in which a file is written that exists. */
const GUARDED = ["guarded/", "write/", "agent-areas/", "races/", "host/", "model/"];

defineBackendTests({
  name: "PostgresBackend with guarded writes",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = (sql: Sql) =>
      new PostgresBackend({ sql, namespace: ["guarded", ...namespace], writeMode: "guarded" });
    let opened = 0;
    return { backend: open(pools[0]), open: () => open(pools[++opened % 2]!) };
  },
  capabilities,
  only: GUARDED,
});

defineBackendTests({
  name: "PostgresBackend with history",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    let author: Author | undefined;
    const history = { by: () => author };
    const open = (sql: Sql) =>
      new PostgresBackend({ sql, table: "recorded", history, namespace: ["acme", ...namespace] });
    return {
      backend: open(pools[0]),
      open: () => open(pools[1]),
      setAuthor(by) {
        author = by;
      },
    };
  },
  capabilities: { ...capabilities, authors: true },
});

/** Families in which no file is searched, and none is read by lines. */
const OTHERS = new Set([
  ...["ls", "glob", "write", "guarded", "delete", "upload", "download", "path-conflicts", "races", "history"],
]);

const reading = [...new Set(allCases.map(({ id }) => id.split("/")[0]!))]
  .filter((family) => !OTHERS.has(family))
  .map((family) => `${family}/`);

defineBackendTests({
  name: "PostgresBackend without the search index",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) =>
    new PostgresBackend({ sql: pools[0], table: "plain", searchIndex: "off", namespace }),
  capabilities,
  only: reading,
});

/** Layers that replace a method and thereby drop the push-downs that stand for it; core then reads the same rows. */
const WITHOUT: Readonly<Record<string, (store: PostgresFileStore) => Partial<FileStore>>> = {
  search: (store) => ({ list: store.list.bind(store) }),
  readLines: (store) => ({ get: store.get.bind(store), search: store.search.bind(store) }),
  "search and readLines": (store) => ({ get: store.get.bind(store) }),
};

for (const [dropped, own] of Object.entries(WITHOUT)) {
  const open = () => {
    const store = new PostgresFileStore({ sql: pools[0] });
    return layer(store, own(store));
  };

  it(`leaves out only ${dropped}`, () => {
    const lacks = (["search", "readLines"] as const).filter((name) => open()[name] === undefined);
    expect(lacks.join(" and ")).toBe(dropped);
  });

  defineBackendTests({
    name: `PostgresBackend without ${dropped}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ namespace }) => new RemoteBackend(open(), { namespace: [`without ${dropped}`, ...namespace] }),
    capabilities,
    only: reading,
  });
}
