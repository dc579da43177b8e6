import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

// Other processes inherit it.
beforeAll(() => {
  process.env.CONFORMANCE_POSTGRES_URL = database.url;
});

defineBackendTests({
  name: "PostgresBackend in several processes",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ name }) => database.backend({ namespace: [name] }),
  module: new URL("./fixtures/conformance.mjs", import.meta.url),
  capabilities: { ownRoot: true },
  only: ["races/processes/"],
});
