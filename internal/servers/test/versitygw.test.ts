import { expect, it } from "@jest/globals";
import { startVersityGw } from "../src/s3/start.js";
import { Machine } from "./helpers/machine.js";

const machine = new Machine();

it("VersityGW starts on a folder that goes with it, and TEST_VERSITYGW_URL names one that stays", async () => {
  const server = await startVersityGw();
  expect(server.description).toMatch(/^VersityGW v\S+ from .*versitygw on port \d+ \(temporary\)$/);
  process.env.TEST_VERSITYGW_URL = server.url;
  const given = await startVersityGw();
  expect(given).toMatchObject({
    url: server.url,
    description: expect.stringContaining("TEST_VERSITYGW_URL"),
  });
  await given.stop();
  const answer = await fetch(`${server.endpoint}/bucket`);
  expect([answer.status, answer.headers.get("server")]).toEqual([404, "VERSITYGW"]);
  await server.stop();
  await expect(fetch(server.endpoint)).rejects.toThrow();
  expect(machine.homes()).toEqual([]);
});
