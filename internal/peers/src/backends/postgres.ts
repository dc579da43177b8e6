import { createDatabase } from "@deepagents-internal/servers";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { installed } from "../installed.js";
import { instancesOf } from "../instances.js";
import { databaseOutage } from "../outages.js";
import { shared } from "../shared.js";
import type { PeerSubject } from "../subject.js";

const tables = shared(async () => {
  const database = await createDatabase();
  const proxy = await FaultyProxy.start(new URL(database.url));
  return {
    url: proxy.through(database.url),
    proxy,
    async close() {
      await proxy.stop();
      await database.drop();
    },
  };
});

export const ourPostgres: PeerSubject = {
  name: "PostgresBackend",
  ours: true,
  ...installed("@deepagents-remote/backend-postgres"),
  capabilities: { ownRoot: true, namespaces: true },
  async create({ namespace }) {
    const { url, proxy } = await tables.get();
    // One pool per instance, so that races run between instances that share only the server.
    const options = { url, minPoolSize: 0, maxPoolSize: 4, operationTimeoutMs: 8_000 };
    const make = () => new PostgresBackend({ ...options, namespace: ["acme", ...namespace] });
    return { ...instancesOf(make), ...databaseOutage(proxy) };
  },
  close: tables.close,
};
