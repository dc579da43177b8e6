import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import type { Author } from "@deepagents-remote/core";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { useBucket } from "./helpers/bucket.js";
import { useVersioning } from "./helpers/history.js";
import { hiddenBehindDeleted, isVersityGw, VERSITYGW_FAILURES } from "./helpers/on-minio.js";

const bucket = useBucket();

const capabilities = { ownRoot: true, namespaces: true };

/** Under load one of many writers may lose for longer than the default of a minute. */
const operationTimeoutMs = CASE_TIMEOUT_MS;

defineBackendTests({
  name: "S3Backend",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = () => bucket.backend({ operationTimeoutMs, namespace: ["acme", ...namespace] });
    return { backend: open(), open };
  },
  capabilities,
  knownFailures: isVersityGw ? VERSITYGW_FAILURES : {},
});

/** Families in which a file is written that exists. */
const GUARDED = ["guarded/", "write/", "agent-areas/", "races/", "host/", "model/"];

defineBackendTests({
  name: "S3Backend with guarded writes",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = () =>
      bucket.backend({ operationTimeoutMs, namespace: ["guarded", ...namespace], writeMode: "guarded" });
    return { backend: open(), open };
  },
  capabilities,
  only: GUARDED,
});

// The ETag of raw text is that of its content: equal content is an equal version.
defineBackendTests({
  name: "S3Backend with guarded writes of raw text, without a cache",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    const open = () =>
      bucket.backend({
        ...{ namespace: ["raw", ...namespace], writeMode: "guarded", format: "raw", cacheBytes: 0 },
      });
    return { backend: open(), open };
  },
  capabilities,
  only: ["guarded/"],
});

const versioned = useBucket();
useVersioning(versioned);

/** Families about the history, and those in which the versions of deleted files could be in the way. */
const VERSIONED = [
  "history/",
  "model/history/",
  "delete/",
  "directories/",
  "ls/",
  "glob/",
  "path-conflicts/",
  "races/",
  "upload/",
  "agent-areas/",
];

defineBackendTests({
  name: "S3Backend with history",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ namespace }) => {
    let author: Author | undefined = { agent: "test" };
    const setAuthor = (by: Author | undefined) => {
      author = by;
    };
    const open = () =>
      versioned.backend({
        operationTimeoutMs,
        namespace: ["acme", ...namespace],
        history: { by: () => author },
      });
    return { backend: open(), open, setAuthor };
  },
  capabilities,
  only: VERSIONED,
  knownFailures: hiddenBehindDeleted(
    "path-conflicts/free-after-delete",
    "history/restore/path-conflict",
    "history/rewind/path-conflict",
  ),
});
