import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";

const bucket = useBucket();

// Other processes inherit it.
beforeAll(() => {
  process.env.CONFORMANCE_S3 = JSON.stringify({ ...bucket.connection, bucket: bucket.name });
});

for (const writeMode of ["create", "guarded"] as const) {
  const module = new URL("./fixtures/conformance.mjs", import.meta.url);
  module.search = `writeMode=${writeMode}`;
  defineBackendTests({
    name: `S3Backend in several processes, writeMode ${writeMode}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const open = () => bucket.backend({ writeMode, namespace: [writeMode, name] });
      return { backend: open(), open };
    },
    module,
    capabilities: { ownRoot: true },
    only: ["races/processes/"],
  });
}
