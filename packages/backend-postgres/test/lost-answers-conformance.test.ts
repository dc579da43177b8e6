import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { loseStatement } from "@deepagents-internal/testing/lose-change";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;

beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterAll(() => proxy.stop());

for (const writeMode of ["create", "guarded"] as const) {
  defineBackendTests({
    name: `PostgresBackend whose answers are lost, writeMode ${writeMode}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const options = { writeMode, namespace: [writeMode, name] };
      const backend = database.backend({ ...options, url: proxy.through(database.url), prepare: false });
      const other = database.backend(options);
      return {
        backend,
        open: () => other,
        loseAnswer: (lost) => loseStatement(proxy, lost),
        close: async () => {
          await Promise.all([backend.close(), other.close()]);
        },
      };
    },
    capabilities: { ownRoot: true },
    only: ["lost-answers/"],
  });
}
