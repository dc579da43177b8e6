import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";

const bucket = useBucket();

const capabilities = { ownRoot: true };

defineBackendTests({
  name: "S3Backend",
  create: ({ name }) => {
    const open = () => bucket.backend({ namespace: ["acme", name] });
    return { backend: open(), open };
  },
  capabilities,
});
