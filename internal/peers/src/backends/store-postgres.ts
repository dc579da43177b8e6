import { createDatabase } from "@deepagents-internal/servers";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { StoreBackend } from "deepagents";
import { installed } from "../installed.js";
import { databaseOutage } from "../outages.js";
import { shared } from "../shared.js";
import type { PeerSubject } from "../subject.js";
import { ALLOWED_NAMESPACES, capabilities } from "./store-memory.js";

const tables = shared(async () => {
  const database = await createDatabase();
  const proxy = await FaultyProxy.start(new URL(database.url));
  const store = PostgresStore.fromConnString(proxy.through(database.url));
  await store.setup();
  return {
    store,
    proxy,
    async close() {
      await store.stop();
      await proxy.stop();
      await database.drop();
    },
  };
});

export const storePostgres: PeerSubject = {
  name: "StoreBackend on PostgresStore",
  ...installed("@langchain/langgraph-checkpoint-postgres"),
  capabilities,
  trial: {
    capabilities: { namespaces: true, atomic: true },
    only: [...ALLOWED_NAMESPACES, "races/edit/no-update-is-lost"],
  },
  async create({ namespace }) {
    const { store, proxy } = await tables.get();
    const open = () => new StoreBackend({ store, namespace: [...namespace] });
    return { backend: open(), open, ...databaseOutage(proxy) };
  },
  close: tables.close,
};
