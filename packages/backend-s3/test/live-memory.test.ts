import { fileURLToPath } from "node:url";
import { liveMemoryTests } from "@deepagents-internal/testing/live-memory-tests";
import { describe } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";

const bucket = useBucket();
const fixture = fileURLToPath(new URL("fixtures/live-memory.mjs", import.meta.url));

describe.each(["json", "raw"] as const)("format %s", (format) => {
  const options = { bucket: bucket.name, prefix: format, format, cacheBytes: 0 };
  liveMemoryTests(fixture, () => ({ ...bucket.connection, ...options }));
});
