import { describe, expect, it } from "@jest/globals";
import { S3Backend, type S3BackendOptions } from "../../src/index.js";

const ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/agents";

const listing = "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";

/** Answers every request as an empty bucket does, and records them. */
function recordingHandler() {
  const asked: { hostname: string; authorization: string }[] = [];
  const handle = async (request: { hostname: string; headers: Record<string, string> }) => {
    asked.push({ hostname: request.hostname, authorization: request.headers.authorization! });
    const body = new Blob([listing]).stream();
    return { response: { statusCode: 200, headers: { "content-type": "application/xml" }, body } };
  };
  return { asked, clientConfig: { requestHandler: { handle } } as S3BackendOptions["clientConfig"] };
}

describe("the ARN of an access point as bucket", () => {
  it("leads to its own host, in its own region, which is AWS", async () => {
    const { asked, clientConfig } = recordingHandler();
    const backend = new S3Backend({ bucket: ARN, accessKeyId: "id", secretAccessKey: "key", clientConfig });
    expect(await backend.ls("/")).toEqual({ files: [] });
    expect(asked).toHaveLength(2);
    for (const { hostname, authorization } of asked) {
      expect(hostname).toBe("agents-123456789012.s3-accesspoint.eu-west-1.amazonaws.com");
      expect(authorization).toContain("/eu-west-1/s3/aws4_request");
    }
  });

  it.each<Partial<S3BackendOptions>>([
    { endpointUrl: "http://localhost:9000" },
    { forcePathStyle: true },
    { createBucket: true },
  ])("cannot be combined with %j", (options) => {
    const name = Object.keys(options)[0];
    expect(() => new S3Backend({ bucket: ARN, ...options })).toThrow(
      `option '${name}' cannot be combined with the ARN of an access point as 'bucket'`,
    );
  });

  it.each([
    "arn:aws:s3:::bucket",
    "arn:aws:s3::123456789012:accesspoint/agents.mrap",
    "arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/agents",
    "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op-1/accesspoint/agents",
  ])("%s is refused", (bucket) => {
    expect(() => new S3Backend({ bucket })).toThrow("or the ARN of an access point in one region");
  });
});
