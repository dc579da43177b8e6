import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

// Other processes inherit it.
beforeAll(() => {
  process.env.CONFORMANCE_POSTGRES_URL = database.url;
});

for (const writeMode of ["create", "guarded"] as const) {
  const module = new URL("./fixtures/conformance.mjs", import.meta.url);
  module.search = `writeMode=${writeMode}`;
  defineBackendTests({
    name: `PostgresBackend in several processes, writeMode ${writeMode}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const open = () => database.backend({ writeMode, namespace: [writeMode, name] });
      return { backend: open(), open };
    },
    module,
    capabilities: { ownRoot: true },
    only: ["races/processes/"],
  });
}
