import { expect, it } from "@jest/globals";
import { startServers } from "../src/start-servers.js";
import { Machine, NOBODY } from "./helpers/machine.js";

const given = process.env.TEST_POSTGRES_URL;
const machine = new Machine();

it("a server that fails is an error, and the others are stopped", async () => {
  process.env.TEST_S3_URL = `http://a:b@${NOBODY}`;
  const started = startServers(["postgres", "minio"], { log: machine.log, allowMissing: true });
  await expect(started).rejects.toThrow("TEST_S3_URL is set, but");
  expect(machine.homes()).toEqual([]);
});

it("a server that this machine does not have is an error", async () => {
  machine.bare();
  const started = startServers(["minio"], { log: machine.log });
  await expect(started).rejects.toThrow(/^no MinIO: .*\nDo one of these: /);
});

it("servers that this machine does not have are named in the environment where that is allowed", async () => {
  machine.bare();
  process.env.TEST_POSTGRES_URL = given;
  const { env, stop } = await startServers(["postgres", "minio", "versitygw"], {
    log: machine.log,
    allowMissing: true,
  });
  const missing = JSON.parse(env.TEST_SERVERS_MISSING ?? "{}");
  expect(Object.keys(missing).sort()).toEqual(["minio", "versitygw"]);
  expect(machine.lines.slice(-2)).toEqual(Object.values(missing));
  expect(env.TEST_POSTGRES_URL).toBe(given);
  await stop();
});
