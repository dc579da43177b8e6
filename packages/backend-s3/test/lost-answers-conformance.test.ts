import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { loseRequest } from "@deepagents-internal/testing/lose-change";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

for (const options of [{}, { pathConflicts: "allow", format: "raw" }] as const) {
  defineBackendTests({
    name: `S3Backend with ${JSON.stringify(options)} whose answers are lost`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const namespace = [name, ...Object.keys(options)];
      const backend = bucket.backend({ ...options, endpointUrl: proxy.endpointUrl, namespace });
      return {
        backend,
        open: () => bucket.backend({ ...options, namespace }),
        loseAnswer: (lost) => loseRequest(proxy, lost),
        close: () => backend.close(),
      };
    },
    capabilities: { ownRoot: true },
    only: ["lost-answers/"],
  });
}
