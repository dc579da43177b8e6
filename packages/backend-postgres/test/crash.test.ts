import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../src/index.js";
import { CrashingServer } from "./helpers/crashing-server.js";

const WRITERS = 4;
const CRASHES = 3;
/** Changes that are acknowledged before each crash, and after the last. */
const CHANGES = 100;

let server: CrashingServer;
beforeAll(async () => {
  server = await CrashingServer.start();
});
afterAll(() => server.stop());

/** Records the answers that the writers received. */
class Ledger extends EventEmitter {
  readonly created: string[] = [];
  readonly appended: string[] = [];
  readonly refused: string[] = [];

  note(acknowledged: string[], what: string, error: string | undefined): void {
    if (error === undefined) acknowledged.push(what);
    else this.refused.push(error);
    this.emit("note");
  }

  async grow(changes: number): Promise<void> {
    const count = () => this.created.length + this.appended.length;
    for (const goal = count() + changes; count() < goal; ) await once(this, "note");
  }
}

describe("kill -9 of the server under load", () => {
  it("keeps what a server has committed with its usual settings", async () => {
    const sql = postgres(server.url, { max: 1 });
    expect(await sql`SHOW synchronous_commit`).toEqual([{ synchronous_commit: "on" }]);
    await sql.end();
  });

  it("loses nothing acknowledged, applies nothing twice, and the backends keep working", async () => {
    const backends = Array.from(
      { length: 2 },
      () => new PostgresBackend({ url: server.url, maxPoolSize: WRITERS }),
    );
    const backend = (i: number) => backends[i % backends.length]!;
    expect(await backend(0).write("/log.txt", "end")).not.toHaveProperty("error");

    const ledger = new Ledger();
    let isOver = false;
    const write = async (writer: number) => {
      for (let i = 0; !isOver; i++) {
        const name = `${writer}-${i}`;
        const path = `/files/${name}.txt`;
        const created = await backend(writer).write(path, name);
        ledger.note(ledger.created, path, created.error);
        const appended = await backend(writer).edit("/log.txt", "end", `${name}\nend`);
        ledger.note(ledger.appended, name, appended.error);
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, i) => write(i));
    for (let i = 0; i < CRASHES; i++) {
      await ledger.grow(CHANGES);
      await server.kill();
      await server.restart();
    }
    await ledger.grow(CHANGES);
    isOver = true;
    await Promise.all(writers);

    // A change may be refused while the server is away, but not as one that was made before.
    for (const error of ledger.refused) expect(error).not.toMatch(/exists|not found/i);
    const { data } = await backend(1).readRaw("/log.txt");
    const log = String(data?.content).split("\n");
    expect(new Set(log).size).toBe(log.length);
    expect(ledger.appended.filter((name) => !log.includes(name))).toEqual([]);
    const files = await backend(1).downloadFiles(ledger.created);
    const lost = files.filter(({ path, content }) => !path.endsWith(`/${Buffer.from(content ?? [])}.txt`));
    expect(lost).toEqual([]);
    await Promise.all(backends.map((each) => each.close()));
  });
});
