import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { dockerAnswers } from "../src/docker/engine.js";
import { freePort } from "../src/os/free-port.js";
import { startPostgres } from "../src/postgres/start.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder } from "./helpers/folder.js";
import { listen, listenAsBrokenEngine } from "./helpers/listen.js";

withCleanEnvironment();

describe("whether a Docker engine answers", () => {
  it("no, when the socket is not there", async () => {
    const folder = makeFolder();
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${join(folder.path, "docker.sock")}` })).toBe(false);
    folder.remove();
  });

  it("no, when nobody listens", async () => {
    expect(await dockerAnswers({ DOCKER_HOST: `tcp://127.0.0.1:${await freePort()}` })).toBe(false);
  });

  it("no, when the address means nothing", async () => {
    expect(await dockerAnswers({ DOCKER_HOST: "somewhere" })).toBe(false);
  });

  it("no, soon, when somebody listens but never answers", async () => {
    const started = Date.now();
    expect(await dockerAnswers({ DOCKER_HOST: `tcp://${await listen(() => {})}` })).toBe(false);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it("no, when it is another service", async () => {
    const host = await listen((_request, answer) => answer.writeHead(404).end());
    expect(await dockerAnswers({ DOCKER_HOST: `tcp://${host}` })).toBe(false);
  });

  it("yes, when its ping is answered", async () => {
    const host = await listen((request, answer) =>
      answer.writeHead(request.url === "/_ping" ? 200 : 500).end("OK"),
    );
    expect(await dockerAnswers({ DOCKER_HOST: `tcp://${host}` })).toBe(true);
  });
});

describe("an engine that cannot run the image", () => {
  it("is passed over with a line that says so", async () => {
    process.env.DOCKER_HOST = await listenAsBrokenEngine();
    const lines: string[] = [];
    const server = await startPostgres({ log: (line) => lines.push(line) });
    await server.stop();
    expect(server.source).not.toBe("docker");
    expect(lines).toContainEqual(expect.stringMatching(/^Docker could not run postgres:17-alpine: /));
  });

  it("is an error when POSTGRES_IMAGE wants just that image", async () => {
    process.env.DOCKER_HOST = await listenAsBrokenEngine();
    process.env.POSTGRES_IMAGE = "postgres:16-alpine";
    await expect(startPostgres()).rejects.toThrow();
  });
});

it("POSTGRES_IMAGE without an engine is told, not ignored in silence", async () => {
  process.env.DOCKER_HOST = `tcp://127.0.0.1:${await freePort()}`;
  process.env.POSTGRES_IMAGE = "postgres:16-alpine";
  const lines: string[] = [];
  const server = await startPostgres({ log: (line) => lines.push(line) });
  await server.stop();
  expect(lines).toContain(
    "POSTGRES_IMAGE is set, but no Docker engine answers: postgres:16-alpine is not used",
  );
});
