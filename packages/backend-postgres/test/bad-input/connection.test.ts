import { createServer } from "node:net";
import { refusals } from "@deepagents-internal/testing";
import { scaled } from "@deepagents-internal/testing/scaled";
import { describe, expect, it } from "@jest/globals";
import { alter, useDatabase } from "../helpers/database.js";

const database = useDatabase();

describe("a failure to connect", () => {
  const changed = (changes: Record<string, string | number>) => () => alter(database.url, changes);

  it.each([
    [
      "the password",
      changed({ password: "hunter2" }),
      "misconfigured",
      "refused the user name or the password",
    ],
    ["the user", changed({ user: "nobody" }), "misconfigured", "refused the user name or the password"],
    ["the database", changed({ database: "nowhere" }), "misconfigured", "no database of that name"],
    [
      "the host's name",
      () => Object.assign(new URL(database.url), { hostname: "nonexistent.invalid" }).href,
      "unavailable",
      "cannot be reached: its host name",
    ],
  ])("is reported by initialize() and in the answer of every method: %s", async (_, url, code, reason) => {
    const backend = database.backend({ url: url(), operationTimeoutMs: scaled(1_000) });
    await expect(backend.initialize()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(reason),
    });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) expect(said).toContain(reason);
    await backend.close();
  });

  it("is reported in the answer of every method: a port that is not PostgreSQL's", async () => {
    const server = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const backend = database.backend({ url: changed({ port })() });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) {
      expect(said).toContain("does not speak the PostgreSQL protocol");
    }
    await backend.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
