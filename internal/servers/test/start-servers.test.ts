import { expect, it } from "@jest/globals";
import { freePort } from "../src/os/free-port.js";
import { startServers } from "../src/start-servers.js";
import { MINIO, withCleanEnvironment } from "./helpers/environment.js";
import { homesOf } from "./helpers/minio.js";

withCleanEnvironment(["TEST_POSTGRES_URL", ...MINIO]);

it("of several servers one that cannot be had is an error, and the others are stopped at once", async () => {
  process.env.TEST_S3_URL = `http://a:b@127.0.0.1:${await freePort()}`;
  const others = homesOf("postgres");
  await expect(startServers(["postgres", "minio"], { log() {} })).rejects.toThrow("TEST_S3_URL is set, but");
  expect(homesOf("postgres")).toEqual(others);
});
