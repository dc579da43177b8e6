import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { loseRequest } from "@deepagents-internal/testing/lose-change";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

const variants = [{}, { pathConflicts: "allow", format: "raw" }, { writeMode: "guarded" }] as const;

for (const options of variants) {
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
