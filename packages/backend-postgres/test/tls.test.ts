import { chown, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "@deepagents-internal/servers";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { generate } from "selfsigned";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";

// A server of this file's own, because it is given a certificate.
let server: PostgresServer;
let authority: string;
let stranger: string;

beforeAll(async () => {
  server = await startPostgres({ sources: ["binaries", "embedded"] });
  const ca = await generate([{ name: "commonName", value: "Test CA" }], {
    extensions: [{ name: "basicConstraints", cA: true, critical: true }],
  });
  const leaf = await generate([{ name: "commonName", value: "localhost" }], {
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  authority = ca.cert;
  stranger = (await generate([{ name: "commonName", value: "Somebody else" }])).cert;
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  const [row] = await sql`SELECT current_setting('data_directory') AS directory`;
  await giveCertificate(row?.directory, leaf.private, leaf.cert);
  for (const setting of ["ssl_cert_file = 'tls.crt'", "ssl_key_file = 'tls.key'", "ssl = on"]) {
    await sql.unsafe(`ALTER SYSTEM SET ${setting}`);
  }
  await sql`SELECT pg_reload_conf()`;
  await sql.end();
  // The server takes the new settings up a moment later.
  while ((await connect({ sslmode: "require" })) !== "encrypted");
});

afterAll(() => server.stop());

/** The server's user must own its key, and nobody else may read it. */
async function giveCertificate(directory: string, key: string, certificate: string): Promise<void> {
  const { uid, gid } = await stat(directory);
  for (const [name, content] of [
    ["tls.key", key],
    ["tls.crt", certificate],
  ] as const) {
    await writeFile(join(directory, name), content, { mode: 0o600 });
    await chown(join(directory, name), uid, gid);
  }
}

/** Returns whether the connection with these options is encrypted, or the reason why there is none. */
async function connect(options: PostgresBackendOptions, host = "localhost"): Promise<string> {
  const url = new URL(server.url);
  url.hostname = host;
  const backend = new PostgresBackend({ url: url.href, minPoolSize: 1, ...options });
  try {
    await backend.initialize();
    const sql = postgres(server.url, { max: 1 });
    const rows = await sql`
      SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'deepagents-remote'`;
    await sql.end();
    return rows.every(({ ssl }) => ssl) ? "encrypted" : "in the clear";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await backend.close();
  }
}

it("replaces a silently dead, encrypted connection of a caller's client", async () => {
  const proxy = await FaultyProxy.start(new URL(server.url));
  const sql = postgres(proxy.through(server.url), {
    max: 1,
    ssl: "require",
    fetch_types: false,
    onnotice() {},
  });
  const backend = new PostgresBackend({ sql, statementTimeoutMs: scaled(3_000) });
  expect(await backend.write("/a.txt", "one")).not.toHaveProperty("error");
  proxy.killConnections();
  expect(await backend.edit("/a.txt", "one", "two")).not.toHaveProperty("error");
  await backend.close();
  await sql.end({ timeout: 1 });
  await proxy.stop();
});

describe("sslmode on a server with TLS", () => {
  it.each<[PostgresBackendOptions["sslmode"], string]>([
    ["disable", "in the clear"],
    ["allow", "encrypted"],
    ["prefer", "encrypted"],
    ["require", "encrypted"],
  ])("%s", async (sslmode, expected) => {
    expect(await connect({ sslmode })).toBe(expected);
  });

  it("stores a large file", async () => {
    const backend = new PostgresBackend({ url: server.url, sslmode: "require" });
    const content = new Uint8Array(3_000_000).map((_, i) => (i * 31) % 256);
    expect(await backend.uploadFiles([["/large.bin", content]])).toMatchObject([{ error: null }]);
    const [answer] = await backend.downloadFiles(["/large.bin"]);
    expect(Buffer.compare(answer!.content!, content)).toBe(0);
    await backend.close();
  });

  it("verify-full accepts a certificate of the authority for the host's name", async () => {
    expect(await connect({ sslmode: "verify-full", ca: authority })).toBe("encrypted");
    expect(await connect({ sslmode: "verify-full", ca: authority }, "127.0.0.1")).toContain(
      "could not be verified (ERR_TLS_CERT_ALTNAME_INVALID)",
    );
  });

  it("verify-ca ignores the name", async () => {
    expect(await connect({ sslmode: "verify-ca", ca: authority }, "127.0.0.1")).toBe("encrypted");
  });

  it.each(["require", "verify-ca", "verify-full"] as const)(
    "%s refuses the certificate of a stranger",
    async (sslmode) => {
      expect(await connect({ sslmode, ca: stranger })).toMatch(
        /^The certificate of the .* could not be verified/,
      );
    },
  );

  it.each(["verify-ca", "verify-full"] as const)(
    "%s without an authority trusts only Node's own list",
    async (sslmode) => {
      expect(await connect({ sslmode })).toMatch(/^The certificate of the .* could not be verified/);
    },
  );
});
