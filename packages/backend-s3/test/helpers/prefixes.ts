import { expect } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../../src/index.js";
import type { TestBucket } from "./bucket.js";
import { objectsOf } from "./objects.js";

/** Prefixes in a bucket, each a storage of its own. */
export function prefixesOf(bucket: TestBucket) {
  const objects = objectsOf(bucket);
  const backend = (prefix: string, options: Partial<S3BackendOptions> = {}): S3Backend =>
    bucket.backend({ prefix, ...options });
  return {
    backend,
    /** Makes files of these texts. */
    async fill(prefix: string, ...files: readonly (readonly [path: string, text: string])[]): Promise<void> {
      const answers = await backend(prefix).uploadFiles(
        files.map(([path, text]) => [path, Buffer.from(text)]),
      );
      expect(answers).toEqual(files.map(([path]) => ({ path, error: null })));
    },
    /** Every object, to see that nothing changed. At most 1,000. */
    async stored(prefix: string): Promise<{ key: string; version: string }[]> {
      const listed = await objects.list(`${prefix}/`);
      return listed.map(({ key, etag }) => ({ key: key.slice(prefix.length + 1), version: etag }));
    },
  };
}
