import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll } from "@jest/globals";
import { type S3BackendOptions, S3FileStore } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { flatStoreClient } from "./helpers/flat-store.js";
import { useVersioning } from "./helpers/history.js";
import { hiddenBehindDeleted } from "./helpers/on-minio.js";

const bucket = useBucket();

// Some cases make more than a thousand files, one request each.
const timeoutMs = CASE_TIMEOUT_MS;

const store = (options: Partial<S3BackendOptions> = {}) =>
  new S3FileStore({ bucket: bucket.name, ...(options.client ? {} : bucket.connection), ...options });

defineStoreTests({
  name: "S3FileStore",
  create: () => ({ store: store(), open: () => store() }),
  timeoutMs,
});

defineStoreTests({
  name: "S3FileStore with raw text and without a cache",
  create: ({ name }) => {
    const open = () => store({ prefix: name, format: "raw", cacheBytes: 0 });
    return { store: open(), open };
  },
  capabilities: { ownStorage: true },
  timeoutMs,
  only: ["keys/", "get/", "put/", "put-ids/", "abort/"],
});

const versioned = useBucket();
useVersioning(versioned);

defineStoreTests({
  name: "S3FileStore with history",
  create: ({ name }) => {
    const open = () =>
      new S3FileStore({ bucket: versioned.name, ...versioned.connection, prefix: name, history: true });
    return { store: open(), open };
  },
  capabilities: { ownStorage: true },
  timeoutMs,
  only: ["history/", "delete/", "list/", "path-conflicts/", "put/", "put-ids/"],
  knownFailures: hiddenBehindDeleted("path-conflicts/none/after-deletion"),
});

const client = flatStoreClient(bucket);
afterAll(() => client.destroy());

// A store like AWS, and unlike MinIO.
defineStoreTests({
  name: "S3FileStore on a store that shows a file and a directory of one name",
  create: () => ({ store: store({ client }), open: () => store({ client }) }),
  timeoutMs,
  only: ["list/rolled-up/", "list/path-conflicts/", "path-conflicts/", "delete/"],
});
