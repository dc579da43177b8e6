import { s3Address } from "@deepagents-internal/servers";
import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";
import { VERSITYGW_FAILURES } from "./helpers/on-minio.js";

// The server and its data go when the tests are over; deletion of thousands of files is slow there.
const bucket = useBucket(s3Address(process.env.TEST_VERSITYGW_URL), { cleanup: false });

defineBackendTests({
  name: "S3Backend on VersityGW",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = () => bucket.backend({ namespace: ["acme", ...namespace] });
    return { backend: open(), open };
  },
  capabilities: { ownRoot: true, namespaces: true },
  knownFailures: VERSITYGW_FAILURES,
});
