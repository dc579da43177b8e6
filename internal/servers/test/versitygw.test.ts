import { afterEach, describe, expect, it } from "@jest/globals";
import { findCached } from "../src/go/program.js";
import { VERSITYGW } from "../src/versitygw/program.js";
import { startVersityGw, type VersityGwServer } from "../src/versitygw/start.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { homesOf } from "./helpers/minio.js";

withCleanEnvironment(["TEST_VERSITYGW_URL", "XDG_CACHE_HOME", "PATH"]);

let server: VersityGwServer | undefined;
afterEach(() => server?.stop());

const here = findCached(VERSITYGW) !== undefined;
const describeLocal = here ? describe : describe.skip;

describeLocal(`startVersityGw${here ? "" : " (skipped: none was built)"}`, () => {
  it("starts one that was built before, on a folder that goes with it", async () => {
    server = await startVersityGw();
    expect(server.description).toMatch(/^VersityGW from .*versitygw on port \d+ \(temporary\)$/);
    const answer = await fetch(`${server.endpoint}/bucket`);
    expect([answer.status, answer.headers.get("server")]).toEqual([404, "VERSITYGW"]);
    expect(homesOf("versitygw")).toHaveLength(1);
    await server.stop();
    await server.stop();
    await expect(fetch(server.endpoint)).rejects.toThrow();
    expect(homesOf("versitygw")).toEqual([]);
  });

  it("takes the one of TEST_VERSITYGW_URL, and leaves it running", async () => {
    server = await startVersityGw();
    process.env.TEST_VERSITYGW_URL = server.url;
    const given = await startVersityGw();
    expect(given).toMatchObject({
      url: server.url,
      description: expect.stringContaining("TEST_VERSITYGW_URL"),
    });
    await given.stop();
    expect((await fetch(`${server.endpoint}/bucket`)).status).toBe(404);
  });
});

it("says what to install where there is none", async () => {
  process.env.XDG_CACHE_HOME = "/nowhere";
  process.env.PATH = "/nowhere";
  await expect(startVersityGw()).rejects.toThrow(
    /^no VersityGW: .*\nDo one of these: install Go 1\.25 or later/,
  );
});
