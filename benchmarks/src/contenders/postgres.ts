import { createDatabase } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { StoreBackend } from "deepagents";
import { bashGres } from "./bash-gres.js";
import type { Contender, FileBackend } from "./contender.js";
import { rawPostgres } from "./raw-postgres.js";

const ours = (url: string): Contender => {
  const opened: PostgresBackend[] = [];
  return {
    name: "PostgresBackend",
    kind: "ours",
    async open(storage) {
      const backend = new PostgresBackend({ url, namespace: [storage] });
      opened.push(backend);
      return backend;
    },
    close: async () => void (await Promise.all(opened.map((backend) => backend.close()))),
  };
};

export async function storeBackend(url: string): Promise<Contender> {
  const store = PostgresStore.fromConnString(url);
  await store.setup();
  return {
    name: "StoreBackend",
    kind: "peer",
    lacks: { delete: "has no delete" },
    open: async (storage) => new StoreBackend({ store, namespace: [storage] }) as Partial<FileBackend>,
    close: () => store.stop(),
  };
}

/** Creates the contenders on PostgreSQL, each in a database of its own; the first is ours. */
export async function postgresContenders(serverUrl: string) {
  const contenders: Contender[] = [];
  const databases: Awaited<ReturnType<typeof createDatabase>>[] = [];
  for (const create of [ours, rawPostgres, storeBackend, bashGres]) {
    const database = await createDatabase(serverUrl);
    databases.push(database);
    contenders.push(await create(database.url));
  }
  return {
    contenders,
    urls: databases.map(({ url }) => url),
    async close() {
      for (const contender of contenders) await contender.close();
      for (const database of databases) await database.drop();
    },
  };
}
