import { inspect } from "node:util";
import type { Answer } from "@deepagents-internal/testing/s3-proxy";
import type { RemoteBackendError } from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import type { S3Backend } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const prefixes = prefixesOf(bucket);

describe("a response without an ETag", () => {
  const withoutEtag = ({ headers, ...answer }: Answer) => ({
    ...answer,
    headers: { ...headers, etag: undefined },
  });

  it("is enough if it says that nothing has changed", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "no-etag" });
    await backend.write("/a.txt", "x");
    const statuses: number[] = [];
    proxy.intercept = async (_, forward) => {
      const answer = withoutEtag(await forward());
      statuses.push(answer.status);
      return answer;
    };
    expect(await backend.read("/a.txt")).toMatchObject({ content: "x" });
    expect(statuses).toEqual([304]);
  });

  it.each<[string, (backend: S3Backend) => Promise<unknown>, string]>([
    ["GET", (backend) => backend.read("/a.txt"), "unavailable"],
    ["HEAD", (backend) => backend.uploadFiles([["/a.txt", Buffer.from("y")]]), "unavailable"],
    // It may have been carried out.
    ["PUT", (backend) => backend.write("/b.txt", "x"), "unknown-outcome"],
  ])("is not in any other case, and the address is reported: %s", async (_, ask, code) => {
    const errors: RemoteBackendError[] = [];
    const backend = await openThrough(proxy, bucket, {
      prefix: "no-etag",
      cacheBytes: 0,
      maxAttempts: 2,
      onError: (error) => errors.push(error),
    });
    proxy.intercept = async (_, forward) => withoutEtag(await forward());
    await ask(backend);
    expect(errors).toMatchObject([{ code }]);
    const where = `${new URL(proxy.endpointUrl).host}, bucket ${bucket.name}`;
    expect(inspect(errors)).toContain(`is it S3 (${where})?`);
    expect(await prefixes.backend("no-etag").read("/a.txt")).toMatchObject({ content: "x" });
  });
});
