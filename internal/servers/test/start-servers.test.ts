import { describe, expect, it } from "@jest/globals";
import { freePort } from "../src/os/free-port.js";
import { startServers } from "../src/start-servers.js";
import { MINIO, withCleanEnvironment } from "./helpers/environment.js";
import { homesOf } from "./helpers/minio.js";

const given = process.env.TEST_POSTGRES_URL;
withCleanEnvironment(["TEST_POSTGRES_URL", ...MINIO, "XDG_CACHE_HOME", "PATH"]);

it("of several servers one that cannot be had is an error, and the others are stopped at once", async () => {
  process.env.TEST_S3_URL = `http://a:b@127.0.0.1:${await freePort()}`;
  const others = homesOf("postgres");
  await expect(startServers(["postgres", "minio"], { log() {} })).rejects.toThrow("TEST_S3_URL is set, but");
  expect(homesOf("postgres")).toEqual(others);
});

describe("a server that this machine does not have", () => {
  /** No Docker engine, no program, nothing in the cache and no Go: there is no way to a MinIO. */
  const withoutMinio = async () => {
    process.env.DOCKER_HOST = `tcp://127.0.0.1:${await freePort()}`;
    process.env.XDG_CACHE_HOME = "/nowhere";
    process.env.PATH = "/nowhere";
  };

  it("is an error that says what to install", async () => {
    await withoutMinio();
    await expect(startServers(["minio"], { log() {} })).rejects.toThrow(/^no MinIO: .*\nDo one of these: /);
  });

  it("is named in the environment, with the others started, where that is allowed", async () => {
    await withoutMinio();
    process.env.TEST_POSTGRES_URL = given;
    const lines: string[] = [];
    const started = await startServers(["postgres", "minio"], {
      log: (line) => lines.push(line),
      allowMissing: true,
    });
    const missing = JSON.parse(started.env.TEST_SERVERS_MISSING ?? "{}");
    expect(Object.keys(missing)).toEqual(["minio"]);
    expect(lines.at(-1)).toBe(missing.minio);
    expect(started.env.TEST_POSTGRES_URL).toBe(given);
    await started.stop();
  });

  it("is not one that is there and does not answer", async () => {
    process.env.TEST_S3_URL = `http://a:b@127.0.0.1:${await freePort()}`;
    await expect(startServers(["minio"], { log() {}, allowMissing: true })).rejects.toThrow(
      "TEST_S3_URL is set, but",
    );
  });
});
