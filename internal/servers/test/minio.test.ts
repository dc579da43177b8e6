import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import setup from "../src/jest/global-setup.js";
import { s3Address } from "../src/minio/address.js";
import { serverName } from "../src/minio/health.js";
import { startMinio } from "../src/minio/start.js";
import { freePort } from "../src/os/free-port.js";
import { isPidRunning } from "../src/os/process-mark.js";
import { until } from "../src/os/until.js";
import { SERVERS, type ServerName } from "../src/start-servers.js";
import { startHolder } from "./helpers/child.js";
import { MINIO, withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder, writeProgram } from "./helpers/folder.js";
import { listen, listenAsBrokenEngine } from "./helpers/listen.js";
import { answers, describeLocal, homesOf, LOCAL } from "./helpers/minio.js";

const given = process.env.TEST_S3_URL;

it("the set-up for jest has named a server before any test runs", async () => {
  expect(await answers(s3Address().endpoint)).toBe(true);
  expect(process.env.TEST_S3_SERVER).toBe(await serverName(s3Address().endpoint));
});

it("the set-up for jest refuses a server that it does not know, and names those that it does", async () => {
  const servers = ["minio", "mysql"] as ServerName[];
  await expect(setup({}, { globals: { servers } })).rejects.toThrow(
    `globals.servers names "mysql"; there are ${SERVERS.join(" and ")}`,
  );
});

describe("TEST_S3_URL", () => {
  withCleanEnvironment(MINIO);

  it("goes before everything else, and its server is not stopped", async () => {
    process.env.TEST_S3_URL = given;
    const server = await startMinio();
    expect(server).toMatchObject({ ...s3Address(given), source: "environment" });
    expect(server.description).not.toContain(`:${server.secretAccessKey}@`);
    await server.stop();
    expect(await answers(server.endpoint)).toBe(true);
  });

  it("is an error that says so when nobody answers there, without the secret", async () => {
    process.env.TEST_S3_URL = `http://me:secret@127.0.0.1:${await freePort()}`;
    await expect(startMinio()).rejects.toThrow(
      /^TEST_S3_URL is set, but the S3 service at http:\/\/me:\*\*\*@\S+ does not answer: .*ECONNREFUSED/,
    );
  });

  it("is an error when the server is not ready", async () => {
    const host = await listen((_request, answer) => answer.writeHead(503).end());
    process.env.TEST_S3_URL = `http://me:secret@${host}`;
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
    const error = await startMinio().catch((reason: Error) => reason);
    expect(String(error)).toContain("must look like http://accessKeyId:secretAccessKey@host:port, ");
    expect(String(error)).not.toContain("34");
  });

  it("has percent-encoded credentials, and may have a region", () => {
    expect(s3Address("https://me:a%2Fb%40c@s3.example.org?region=eu-west-1")).toMatchObject({
      endpoint: "https://s3.example.org",
      accessKeyId: "me",
      secretAccessKey: "a/b@c",
      region: "eu-west-1",
    });
  });

  it("is what s3Address needs", () => {
    expect(() => s3Address()).toThrow("TEST_S3_URL is not set");
  });
});

describe("a Docker engine", () => {
  withCleanEnvironment(MINIO);
  const sources = ["docker"] as const;

  it("that cannot run the image is passed over with a line that says so", async () => {
    process.env.DOCKER_HOST = await listenAsBrokenEngine();
    const lines: string[] = [];
    const started = startMinio({ sources, log: (line) => lines.push(line) });
    await expect(started).rejects.toThrow(/^no MinIO: Docker could not run quay\.io\/minio\/minio:RELEASE/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^Docker could not run quay\.io\/minio\/minio:RELEASE/),
    );
  });

  it("that cannot run what MINIO_IMAGE wants is an error", async () => {
    process.env.DOCKER_HOST = await listenAsBrokenEngine();
    process.env.MINIO_IMAGE = "localhost/minio:1";
    await expect(startMinio({ sources })).rejects.not.toThrow(/^no MinIO/);
  });

  it("that does not answer is told where MINIO_IMAGE is set", async () => {
    process.env.DOCKER_HOST = `tcp://127.0.0.1:${await freePort()}`;
    process.env.MINIO_IMAGE = "localhost/minio:1";
    const lines: string[] = [];
    const started = startMinio({ sources, log: (line) => lines.push(line) });
    await expect(started).rejects.toThrow("no MinIO: no Docker engine answers\n");
    expect(lines).toEqual([
      "MINIO_IMAGE is set, but no Docker engine answers: localhost/minio:1 is not used",
    ]);
  });
});

describe("where nothing is there", () => {
  withCleanEnvironment(MINIO);
  let folder: ReturnType<typeof makeFolder>;
  beforeEach(() => {
    folder = makeFolder();
    process.env.PATH = folder.path;
    process.env.XDG_CACHE_HOME = folder.path;
  });
  afterEach(() => folder.remove());

  it("says what is missing and what to do", async () => {
    await expect(startMinio({ sources: ["environment", "path", "cache", "build"] })).rejects.toThrow(
      new RegExp(
        "^no MinIO: TEST_S3_URL is not set; there is no minio on PATH; none was built in .*; there is no Go on " +
          "PATH to build it with, and there is no Python whose pip could install a Go\\nDo one of these: start Docker; install Go 1\\.24 or later, .*; put a minio .* " +
          "PATH; or set TEST_S3_URL",
      ),
    );
  });

  it("does not take another program of that name", async () => {
    writeProgram(folder.path, "minio", "echo something else");
    await expect(startMinio({ sources: ["path"] })).rejects.toThrow(
      "does not tell its version as MinIO does",
    );
  });

  it("shows the end of the log of one that does not start, and leaves nothing of it", async () => {
    const script = '[ "$1" = --version ] && echo "minio version 1" || { echo "no such luck"; exit 1; }';
    writeProgram(folder.path, "minio", script);
    const others = homesOf("minio");
    await expect(startMinio({ sources: ["path"] })).rejects.toThrow(
      /^MinIO \(.*minio\) ended at once\. The end of .*:\n {2}no such luck$/,
    );
    expect(homesOf("minio")).toEqual(others);
  });
});

describeLocal("a MinIO of this machine", () => {
  withCleanEnvironment(MINIO);

  it("starts, and stops with all its files", async () => {
    const others = homesOf("minio");
    const server = await startMinio({ sources: LOCAL });
    expect(await answers(server.endpoint)).toBe(true);
    expect(server.url).toBe(server.endpoint.replace("http://", "http://minioadmin:minioadmin@"));
    expect(server.description).toMatch(/^MinIO \S+ from .* \(temporary\)$/);
    expect(homesOf("minio")).toHaveLength(others.length + 1);
    await server.stop();
    await server.stop();
    expect(await answers(server.endpoint)).toBe(false);
    expect(homesOf("minio")).toEqual(others);
  });

  it("wants a signature", async () => {
    const server = await startMinio({ sources: LOCAL });
    expect((await fetch(server.endpoint)).status).toBe(403);
    await server.stop();
  });

  it("heeds no settings that are meant for another one", async () => {
    process.env.MINIO_STORAGE_CLASS_STANDARD = "nonsense";
    const server = await startMinio({ sources: LOCAL });
    expect(await answers(server.endpoint)).toBe(true);
    await server.stop();
  });

  it("starts several times at once, each on its own", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startMinio({ sources: LOCAL })));
    expect(new Set(servers.map((server) => server.endpoint)).size).toBe(3);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it.each([
    ["return", { code: 0, signal: null }],
    ["throw", { code: 1, signal: null }],
  ])("stops when a program that forgot it ends by %s", async (how, end) => {
    const holder = await startHolder(how, { kind: "minio" });
    expect(await holder.ended).toEqual(end);
    expect(await answers(s3Address(holder.url).endpoint)).toBe(false);
    expect(homesOf("minio", holder.process.pid)).toEqual([]);
  });

  it("stops on a signal, of which the program then ends", async () => {
    const holder = await startHolder("wait", { kind: "minio" });
    holder.process.kill("SIGTERM");
    expect(await holder.ended).toEqual({ code: null, signal: "SIGTERM" });
    expect(await answers(s3Address(holder.url).endpoint)).toBe(false);
    expect(homesOf("minio", holder.process.pid)).toEqual([]);
  });
});

describeLocal("after kill -9 of a program that started a MinIO", () => {
  withCleanEnvironment(MINIO);
  const bystanders: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const each of bystanders.splice(0)) each.kill("SIGKILL");
  });
  const startOnce = async () => (await startMinio({ sources: LOCAL })).stop();
  /** Another test run that starts at the same moment may be the one that cleans up. */
  const isGone = (path: string) => until(() => !existsSync(path) || undefined, 30_000);

  async function killHolder() {
    const holder = await startHolder("wait", { kind: "minio" });
    const [home] = homesOf("minio", holder.process.pid);
    holder.process.kill("SIGKILL");
    await holder.ended;
    return { home: home!, endpoint: s3Address(holder.url).endpoint };
  }

  it("the next start stops that server and removes its files", async () => {
    const { home, endpoint } = await killHolder();
    expect(await answers(endpoint)).toBe(true);
    await startOnce();
    expect(await isGone(home)).toBe(true);
    expect(await answers(endpoint)).toBe(false);
  });

  it("a server whose program still runs is left alone", async () => {
    const holder = await startHolder("wait", { kind: "minio" });
    await startOnce();
    expect(await answers(s3Address(holder.url).endpoint)).toBe(true);
    holder.process.kill("SIGTERM");
    await holder.ended;
  });

  it("a process that got the server's pid by chance is not stopped", async () => {
    const { home } = await killHolder();
    const pidFile = join(home, "minio.pid");
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    bystanders.push(bystander);
    await once(bystander, "spawn");
    writeFileSync(pidFile, String(bystander.pid));
    await startOnce();
    expect(await isGone(home)).toBe(true);
    expect(isPidRunning(bystander.pid!)).toBe(true);
  });
});
