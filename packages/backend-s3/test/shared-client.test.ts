import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { leaseClient } from "../src/connection/shared-clients.js";
import { S3Backend, type S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

/** Factory that deepagents calls for each use of a tool, when `backend` is a function. */
const factory = (options: Partial<S3BackendOptions> = {}) =>
  new S3Backend({ ...bucket.connection, bucket: bucket.name, endpointUrl: proxy.endpointUrl, ...options });

/** Collects garbage until something is so; what is finalized is heard of in a later turn of the event loop. */
async function collectUntil(isSo: () => boolean): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  for (let i = 0; i < 200 && !isSo(); i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("backends with the same connection options", () => {
  it("use one client and its connections, until the last of them is closed", async () => {
    const backends = Array.from({ length: 20 }, (_, i) => factory({ prefix: `shared/${i}` }));
    for (const backend of backends) {
      expect(await backend.write("/a.txt", "x")).not.toHaveProperty("error");
      expect((await backend.read("/a.txt")).content).toBe("x");
    }
    expect(proxy.connections.size).toBeLessThan(10);
    const last = backends.pop()!;
    await Promise.all(backends.map((backend) => backend.close()));
    await backends[0]!.close();
    expect((await last.read("/a.txt")).content).toBe("x");
    expect(proxy.connections.size).toBeGreaterThan(0);
    const closed = Promise.all(
      [...proxy.connections].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
    await last.close();
    await closed;
    expect(proxy.connections.size).toBe(0);
  });

  it("have one each on request", async () => {
    const own = leaseClient({ bucket: "one", region: "eu-west-1", shareClient: false });
    const other = leaseClient({ bucket: "one", region: "eu-west-1", shareClient: false });
    expect(own.resource).not.toBe(other.resource);
    await own.release();
    await other.release();
  });

  it("release it when they are abandoned", async () => {
    const options = { bucket: bucket.name, region: "ap-south-1" };
    const kept = leaseClient(options);
    const { client } = kept.resource;
    let isDestroyed = false;
    client.destroy = () => {
      isDestroyed = true;
    };
    (() => {
      for (let i = 0; i < 5; i++) new S3Backend(options);
    })();
    await kept.release();
    expect(isDestroyed).toBe(false);
    await collectUntil(() => isDestroyed);
    expect(isDestroyed).toBe(true);
  });
});

describe("clients are shared if", () => {
  const provider = async () => ({ accessKeyId: "a", secretAccessKey: "b" });
  const base = { bucket: "one", region: "eu-west-1" };
  const isOne = async (a: object, b: object) => {
    const leases = [a, b].map((options) => leaseClient({ ...base, ...options }));
    await Promise.all(leases.map((lease) => lease.release()));
    return leases[0]!.resource === leases[1]!.resource;
  };

  it.each<[string, object, object]>([
    ["bucket and prefix differ", { bucket: "two", prefix: "a" }, { format: "raw" }],
    [
      "credentials are the same",
      { accessKeyId: "a", secretAccessKey: "b" },
      { secretAccessKey: "b", accessKeyId: "a" },
    ],
    ["settings are equal", { clientConfig: { retryMode: "x" } }, { clientConfig: { retryMode: "x" } }],
    [
      "a function is the same",
      { clientConfig: { credentials: provider } },
      { clientConfig: { credentials: provider } },
    ],
    [
      "a certificate has the same bytes",
      { clientConfig: { requestHandler: { httpsAgent: { ca: Buffer.from("x") } } } },
      { clientConfig: { requestHandler: { httpsAgent: { ca: Buffer.from("x") } } } },
    ],
  ])("%s", async (_, a, b) => {
    expect(await isOne(a, b)).toBe(true);
  });

  it.each<[string, object, object]>([
    ["the region differs", {}, { region: "eu-west-2" }],
    [
      "the secret differs",
      { accessKeyId: "a", secretAccessKey: "b" },
      { accessKeyId: "a", secretAccessKey: "c" },
    ],
    ["the pool differs", {}, { maxPoolConnections: 2 }],
    [
      "functions differ",
      { clientConfig: { credentials: provider } },
      { clientConfig: { credentials: async () => provider() } },
    ],
    [
      "an access point is in another region",
      { region: undefined, bucket: "arn:aws:s3:eu-west-1:123456789012:accesspoint/abc" },
      { region: undefined },
    ],
  ])("not where %s", async (_, a, b) => {
    expect(await isOne(a, b)).toBe(false);
  });
});
