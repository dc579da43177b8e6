import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { connect } from "../src/connection/connect.js";
import { connectionSettings } from "../src/connection/connection-settings.js";
import { Database } from "../src/connection/database.js";
import { PostgresBackend } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;
beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterAll(() => proxy.stop());

/** Resets all other connections in the turn of the next answer, which passes. */
function resetOthersAtNextAnswer(): void {
  proxy.cuts = (_, connection) => {
    proxy.cuts = () => false;
    for (const other of proxy.connections) if (other !== connection) other.reset();
    return false;
  };
}

const repeat = <T>(times: number, run: () => Promise<T>) => Promise.all(Array.from({ length: times }, run));

describe("a connection that is reset just before it is used", () => {
  const read = async (backend: PostgresBackend) => {
    await backend.uploadFiles([["/a.txt", Buffer.from("x")]]);
    for (let round = 0; round < 5; round++) {
      await repeat(2, () => backend.downloadFiles(["/a.txt"]));
      resetOthersAtNextAnswer();
      await backend.downloadFiles(["/a.txt"]);
      const answers = await repeat(3, () => backend.downloadFiles(["/a.txt"]));
      expect(answers.flat().map(({ error }) => error)).toEqual([null, null, null]);
    }
  };

  it("loses no statement, and gives none an empty answer", async () => {
    const backend = database.backend({ url: proxy.through(database.url), maxPoolSize: 2 });
    await read(backend);
    await backend.close();
  });

  it("gives none an empty answer on a caller's client either", async () => {
    // One statement per connection, so that the reset connection is replaced soon.
    const options = { max: 2, max_pipeline: 0, fetch_types: false, onnotice: () => {} };
    const sql = postgres(proxy.through(database.url), options);
    await read(new PostgresBackend({ sql }));
    await sql.end({ timeout: 0 });
  });

  it("writes again after it is reopened", async () => {
    const { signal } = new AbortController();
    const pool = connect(
      connectionSettings({ url: proxy.through(database.url), maxPoolSize: 2, connectTimeoutMs: scaled(300) }),
    );
    const statements = new Database(pool.sql, { timeoutMs: 600_000, pool });
    const one = () => statements.read("SELECT $1::text", ["x"], signal);
    const lost = {
      code: "unavailable",
      message: expect.stringMatching(/was lost\.|had closed the connection\./),
    };
    for (let round = 0; round < 5; round++) {
      await repeat(2, one);
      proxy.cuts = () => {
        for (const each of proxy.connections) each.reset();
        return true;
      };
      // The second one is sent while the connections are closing.
      await expect(one().catch(one)).rejects.toMatchObject(lost);
      proxy.cuts = () => false;
      for (let k = 0; k < 3; k++) expect(await repeat(2, one)).toHaveLength(2);
    }
    await pool.sql.end({ timeout: 0 });
    pool.sockets.end();
  });
});
