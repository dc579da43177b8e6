import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";
import { isVersityGw, VERSITYGW_FAILURES } from "./helpers/on-minio.js";

const bucket = useBucket();

const capabilities = { ownRoot: true, namespaces: true };

defineBackendTests({
  name: "S3Backend",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = () => bucket.backend({ namespace: ["acme", ...namespace] });
    return { backend: open(), open };
  },
  capabilities,
  knownFailures: isVersityGw ? VERSITYGW_FAILURES : {},
});
