import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { repeatUntil } from "./helpers/activity.js";
import { Replication } from "./helpers/replication.js";

let servers: Replication;
beforeAll(async () => {
  servers = await Replication.start();
  const backend = new PostgresBackend({ url: servers.primary.url });
  await backend.write("/notes/a.txt", "one\n");
  await backend.close();
  await servers.caughtUp();
});
afterAll(() => servers.stop());

const hosts = () => [servers.primary, servers.standby].map(({ url }) => new URL(url).host);

/** A backend that may connect to either server, the primary first. */
function open(attributes: string, options: PostgresBackendOptions = {}): PostgresBackend {
  const url = `postgres://postgres:postgres@${hosts().join(",")}/postgres?target_session_attrs=${attributes}`;
  return new PostgresBackend({ url, minPoolSize: 0, sharePool: false, ...options });
}

/** Number of connections of backends to a server. */
async function connections(url: string): Promise<number> {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'deepagents-remote'`;
  await sql.end();
  return row?.n;
}

describe("target_session_attrs with a primary and a streaming standby", () => {
  it.each([
    ["any", "primary"],
    ["primary", "primary"],
    ["read-write", "primary"],
    ["standby", "standby"],
    ["prefer-standby", "standby"],
    ["read-only", "standby"],
  ] as const)("%s leads to the %s", async (attributes, which) => {
    const backend = open(attributes);
    expect(await backend.read("/notes/a.txt")).toMatchObject({ content: "one\n" });
    const other = which === "primary" ? "standby" : "primary";
    expect(await connections(servers[which].url)).toBe(1);
    expect(await connections(servers[other].url)).toBe(0);
    await backend.close();
    const isGone = async () => (await connections(servers[which].url)) === 0;
    await repeatUntil(isGone, isGone);
  });
});

describe("a streaming standby", () => {
  it("serves everything that reads", async () => {
    const backend = open("standby", { readOnly: true });
    await backend.initialize();
    expect((await backend.ls("/")).files).toMatchObject([{ path: "/notes/" }]);
    expect((await backend.glob("**/*.txt")).files).toMatchObject([{ path: "/notes/a.txt" }]);
    expect((await backend.grep("one")).matches).toEqual([{ path: "/notes/a.txt", line: 1, text: "one" }]);
    expect(await backend.check()).toMatchObject({ ok: true, warnings: [] });
    await backend.close();
  });

  it("refuses every change with a clear message, and check() warns of it", async () => {
    const backend = open("standby");
    await backend.initialize();
    const isReadOnly = /is read-only \(a standby, or a read-only role\)\.$/;
    for (const answer of [
      await backend.write("/notes/b.txt", "two"),
      await backend.edit("/notes/a.txt", "one", "two"),
      await backend.delete("/notes/a.txt"),
    ]) {
      expect(answer.error).toMatch(isReadOnly);
    }
    expect(await backend.uploadFiles([["/notes/b.txt", Buffer.from("two")]])).toMatchObject([
      { error: "permission_denied", message: expect.stringMatching(isReadOnly) },
    ]);
    const { ok, warnings } = await backend.check();
    expect({ ok, codes: warnings.map(({ code }) => code) }).toEqual({
      ok: true,
      codes: ["server-read-only"],
    });
    await backend.close();
  });
});

describe("a failover", () => {
  it("leads running backends to the new primary, with all acknowledged changes", async () => {
    const toPrimary = open("primary");
    const toStandby = open("standby", { idleTimeoutMs: 0 });
    await toPrimary.write("/counter.txt", "n");
    await servers.caughtUp();
    expect((await toStandby.edit("/counter.txt", "n", "n+")).error).toContain("is read-only");
    let acknowledged = 0;
    let unclear = 0;
    let isOver = false;
    const write = async () => {
      while (!isOver) {
        const { error } = await toPrimary.edit("/counter.txt", "n", "n+");
        if (error === undefined) acknowledged++;
        else if (/unknown/.test(error)) unclear++;
      }
    };
    const writing = write();
    const hasBegun = async () => acknowledged > 0;
    await repeatUntil(hasBegun, hasBegun);
    await servers.failOver();
    const before = acknowledged;
    const continues = async () => acknowledged > before;
    await repeatUntil(continues, continues);
    isOver = true;
    await writing;
    const { content } = await toPrimary.read("/counter.txt");
    const made = String(content).length - "n".length;
    expect(made).toBeGreaterThanOrEqual(acknowledged);
    expect(made).toBeLessThanOrEqual(acknowledged + unclear);
    // The connection of the other backend leads to a primary now.
    expect(await toStandby.write("/promoted.txt", "x")).not.toHaveProperty("error");
    await Promise.all([toPrimary.close(), toStandby.close()]);
  });
});
