import { refusals } from "@deepagents-internal/testing";
import { defineNamespaceTests } from "@deepagents-internal/testing/namespace-tests";
import { expect } from "@jest/globals";
import { S3FileStore } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { isMinio, itOnMinio } from "./helpers/on-minio.js";
import { prefixesOf } from "./helpers/prefixes.js";

const prefixes = prefixesOf(useBucket());

/** Components that MinIO takes for `.` or `..`, and refuses as a segment of a key. */
const isRefused = (component: string) =>
  isMinio &&
  ![".", ".."].includes(component) &&
  component.split("\\").some((part) => /^ *\.{1,2} *$/.test(part));

defineNamespaceTests({
  storage: prefixes,
  store: new S3FileStore({ bucket: "never-asked" }),
  pairs: 25,
  isRefused,
});

itOnMinio("a namespace that the store cannot hold is not mapped to another one", async () => {
  const backend = prefixes.backend("refused");
  await backend.withNamespace([" "]).write("/f.txt", "mark 1.");
  await backend.write("/f.txt", "mark 2.");
  for (const component of [" .", ".. ", "a\\..", "\\."]) {
    const refused = backend.withNamespace([component, "b"]);
    for (const said of Object.values(await refusals(refused, "/f.txt")))
      expect(said).toContain("cannot hold");
  }
  expect(await prefixes.stored("refused")).toHaveLength(2);
});
