import { execFile } from "node:child_process";
import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import type { S3BackendOptions } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";

const bucket = useBucket();

describe("a failure to reach the store is reported without secrets", () => {
  const SECRET = "Secret+of/theTests";
  const keyPair = { accessKeyId: "AKIAOFTHETESTS", secretAccessKey: SECRET };
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  const web = (status: number, body: string) =>
    listen(createWebServer((_, answer) => answer.writeHead(status).end(body)));
  const page = "<html><head><title>Welcome</title></head><body><p>Hello<br></body></html>\n";

  /** Addresses of servers that are no S3, and of none. */
  async function addresses() {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const dead = createServer();
    const nothing = await listen(dead);
    dead.close();
    return {
      nothing,
      closing: await listen(createServer((socket) => socket.destroy())),
      quiet: await listen(createServer(() => {})),
      tls: await listen(createTlsServer({ key, cert })),
      site: await web(200, page),
      otherSite: await web(404, page),
      yes: await web(200, ""),
      store: new URL(bucket.connection.endpointUrl).host,
    };
  }
  type Addresses = Awaited<ReturnType<typeof addresses>>;
  /** Options of a backend, or of a client that it is to use. */
  type Options = Partial<S3BackendOptions> & { ownClient?: object };

  const at = (endpointUrl: string): Options => ({
    endpointUrl,
    ...keyPair,
    operationTimeoutMs: scaled(10_000),
    maxAttempts: 2,
  });
  const client = (ownClient: object): Options => ({ ownClient, operationTimeoutMs: scaled(20_000) });
  const noHost = "http://no-such-host.invalid";
  const noName =
    /^The store cannot be reached: its host name (is unknown|could not be looked up) \((\S+\.)?no-such-host\.invalid, bucket \S+\)\. Gave up after 2 attempts in \d+ s\.$/;
  const noTls =
    /^No encrypted connection could be made to the store \(\w+\) \(127\.0\.0\.1:\d+, bucket \S+\)\.$/;
  const cases: [name: string, code: string, words: RegExp, options: (a: Addresses) => Options][] = [
    ["an unknown host", "unavailable", noName, () => at(noHost)],
    ["a bucket in the host's name", "unavailable", noName, () => ({ ...at(noHost), forcePathStyle: false })],
    [
      "a port where nothing listens",
      "unavailable",
      /nothing listens at its address \(127\.0\.0\.1:\d+, bucket/,
      (a) => at(`http://${a.nothing}`),
    ],
    [
      "a server that hangs up",
      "unavailable",
      /^The connection to the store was lost/,
      (a) => at(`http://${a.closing}`),
    ],
    [
      "a server that says nothing",
      "timeout",
      /^The storage did not answer within \d+ ms\.$/,
      (a) => ({ ...at(`http://${a.quiet}`), operationTimeoutMs: scaled(1_000) }),
    ],
    [
      "a server that says nothing to TLS",
      "unavailable",
      /^The store did not answer in time \(127/,
      (a) => ({ ...at(`https://${a.quiet}`), readTimeoutMs: scaled(500) }),
    ],
    ["TLS to a port without", "misconfigured", noTls, (a) => at(`https://${a.store}`)],
    [
      "no TLS to a port with it",
      "unavailable",
      /was lost|did not answer in time/,
      (a) => at(`http://${a.tls}`),
    ],
    ["a certificate that nobody vouches for", "misconfigured", noTls, (a) => at(`https://${a.tls}`)],
    ["a web site", "unavailable", /is it S3 \(127[^)]*\)\?/, (a) => at(`http://${a.site}`)],
    [
      "a web site without that page",
      "misconfigured",
      /is it S3 \(127[^)]*\)\?/,
      (a) => at(`http://${a.otherSite}`),
    ],
    [
      "a server that says yes to everything",
      "unavailable",
      /is it S3 \(127[^)]*\)\?/,
      (a) => at(`http://${a.yes}`),
    ],
    [
      "no credentials",
      "misconfigured",
      /^No credentials could be obtained/,
      (a) => ({ endpointUrl: `http://${a.store}`, maxAttempts: 1 }),
    ],
    [
      "a client without credentials",
      "misconfigured",
      /^No credentials could be obtained/,
      (a) => client({ endpoint: `http://${a.store}`, region: "us-east-1" }),
    ],
    [
      "a client without a region",
      "misconfigured",
      /^The client has no region\.$/,
      (a) => client({ endpoint: `http://${a.store}`, credentials: keyPair }),
    ],
  ];

  let outcomes: { code: string; message: string; answer: string; inspected: string }[];
  beforeAll(async () => {
    const all = await addresses();
    const options = cases.map(([, , , optionsOf]) => ({ bucket: bucket.name, ...optionsOf(all) }));
    const script = fileURLToPath(new URL("../fixtures/initializes.mjs", import.meta.url));
    // Credentials can only be looked for at the machine's metadata, which say nothing.
    const env = {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${all.quiet}`,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)], {
      env,
    });
    outcomes = JSON.parse(stdout);
  });

  it.each(cases.map(([name, code, words], i) => ({ name, code, words, i })))(
    "$name",
    ({ code, words, i }) => {
      const { answer, inspected, ...error } = outcomes[i]!;
      expect(error).toEqual({ code, message: expect.stringMatching(words) });
      // The answer of a write.
      expect(answer).toMatch(/^Error: Cannot write/);
      expect(answer).not.toMatch(/not found/i);
      expect(inspected).not.toContain(SECRET);
    },
  );
});
