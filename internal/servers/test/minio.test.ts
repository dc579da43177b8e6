import { describe, expect, it } from "@jest/globals";
import { s3Address } from "../src/s3/address.js";
import { statusOf } from "../src/s3/kinds.js";
import { startMinio } from "../src/s3/start.js";
import { Machine, NOBODY } from "./helpers/machine.js";

const given = process.env.TEST_S3_URL;
const machine = new Machine();
/** Sources of a process of this machine. */
const sources = ["path", "go"] as const;

const answers = async (endpoint: string) => typeof (await statusOf(endpoint)) === "number";

describe("TEST_S3_URL", () => {
  it("goes before everything else, and its server is not stopped", async () => {
    process.env.TEST_S3_URL = given;
    const server = await startMinio();
    expect(server).toMatchObject(s3Address(given));
    expect(server.description).toMatch(/:\*\*\*@.* \(TEST_S3_URL\)$/);
    await server.stop();
    expect(await answers(server.endpoint)).toBe(true);
  });

  it("is an error if no server answers there, without the secret", async () => {
    process.env.TEST_S3_URL = `http://me:secret@${NOBODY}`;
    await expect(startMinio()).rejects.toThrow(
      /^TEST_S3_URL is set, but the S3 service at http:\/\/me:\*\*\*@\S+ does not answer: /,
    );
  });

  it("is an error if the server is not ready", async () => {
    process.env.TEST_S3_URL = `http://me:secret@${await machine.listen((_, answer) => answer.writeHead(503).end())}`;
    await expect(startMinio()).rejects.toThrow("does not answer: HTTP status 503");
  });

  it.each([
    "localhost:9000",
    "http://localhost:9000",
    "http://me:12/34@host",
    "http://a:b@host/bucket",
    "s3://a:b@c",
  ])("%s is not an address", async (value) => {
    process.env.TEST_S3_URL = value;
    const error = await startMinio().catch(String);
    expect(error).toContain("must look like http://accessKeyId:secretAccessKey@host:port, ");
    expect(error).not.toContain("34");
  });

  it("has percent-encoded credentials, and may have a region", () => {
    expect(s3Address("https://me:a%2Fb%40c@s3.example.org?region=eu-west-1")).toMatchObject({
      endpoint: "https://s3.example.org",
      accessKeyId: "me",
      secretAccessKey: "a/b@c",
      region: "eu-west-1",
    });
    expect(() => s3Address()).toThrow("TEST_S3_URL is not set");
  });
});

describe("a MinIO of this machine", () => {
  it("starts several instances, ignores foreign settings, requires signatures, and stops with its files", async () => {
    process.env.MINIO_STORAGE_CLASS_STANDARD = "nonsense";
    const servers = await Promise.all([1, 2].map(() => startMinio({ sources })));
    expect(new Set(servers.map(({ endpoint }) => endpoint)).size).toBe(2);
    for (const { endpoint, url, description } of servers) {
      expect(await statusOf(endpoint)).toBe(403);
      expect(url).toBe(endpoint.replace("http://", "http://minioadmin:minioadmin@"));
      expect(description).toMatch(/^MinIO \S+ from .* on port \d+ \(temporary\)$/);
    }
    await Promise.all(servers.map((server) => server.stop()));
    await servers[0]?.stop();
    expect(await Promise.all(servers.map(({ endpoint }) => answers(endpoint)))).toEqual([false, false]);
    expect(machine.homes()).toEqual([]);
  });

  it("that does not start shows the end of its log, and leaves nothing", async () => {
    machine.addProgram("minio", "echo no such luck; exit 1");
    await expect(startMinio({ sources: ["path"] })).rejects.toThrow(
      /^MinIO \(.*minio\) ended at once \(exit code 1\)\. The end of .*:\n {2}no such luck$/,
    );
    expect(machine.homes()).toEqual([]);
  });
});
