import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { chooseDataDirectory } from "../src/data-directory.js";
import { isRoot } from "../src/os/user.js";
import { findInstalled } from "../src/postgres/binaries.js";
import { answers, withConnection } from "../src/postgres/connection.js";
import { startPostgres } from "../src/postgres/start.js";
import { startHolder } from "./helpers/holder.js";
import { eventually, Machine } from "./helpers/machine.js";

const machine = new Machine();
let dataDirectory: string;
let data: string;
beforeEach(() => {
  dataDirectory = join(machine.folder, "deep", "postgres");
  data = join(dataDirectory, "data");
});

const sources = ["binaries", "embedded"] as const;
const open = () => startPostgres({ dataDirectory, sources });
const isGone = (url: string) => eventually(async () => !(await answers(url)));

describe("a server with a data directory", () => {
  it("finds at the second start what was stored at the first", async () => {
    const first = await open();
    await withConnection(first.url, (sql) => sql`create table kept as select 'there' as word`);
    expect(await withConnection(first.url, (sql) => sql`show fsync`)).toEqual([{ fsync: "on" }]);
    await first.stop();
    expect(await answers(first.url)).toBe(false);

    const second = await open();
    expect(await withConnection(second.url, (sql) => sql`select word from kept`)).toEqual([
      { word: "there" },
    ]);
    expect(second.description).toContain(dataDirectory);
    await second.stop();
  });

  it("is shared by all that open it, and stops with the last one", async () => {
    const first = await open();
    const second = await open();
    expect(second.url).toBe(first.url);
    expect(second.description).toContain("already running");
    await first.stop();
    expect(await answers(second.url)).toBe(true);
    await second.stop();
    expect(await answers(second.url)).toBe(false);
  });

  it("is made once when three processes start at the same time", async () => {
    const holders = await Promise.all([1, 2, 3].map(() => startHolder("hold", "postgres", dataDirectory)));
    expect(new Set(holders.map((holder) => holder.url)).size).toBe(1);
    for (const holder of holders) {
      expect(await answers(holder.url)).toBe(true);
      holder.process.stdin!.end();
      expect(await holder.ended).toEqual([0, null]);
    }
    expect(await answers(holders[0]!.url)).toBe(false);
  });

  it("outlives the process that started it for another one, and stops when that is killed too", async () => {
    const starter = await startHolder("wait", "postgres", dataDirectory);
    const user = await startHolder("wait", "postgres", dataDirectory);
    starter.process.kill("SIGKILL");
    await starter.ended;
    const third = await open();
    expect([user.url, third.url]).toEqual([starter.url, starter.url]);
    await third.stop();
    expect(await answers(user.url)).toBe(true);
    user.process.kill("SIGKILL");
    await isGone(user.url);
  });

  it("starts again while the former one still stops", async () => {
    const killed = await startHolder("wait", "postgres", dataDirectory);
    killed.process.kill("SIGKILL");
    const next = await open();
    expect(await answers(next.url)).toBe(true);
    await next.stop();
  });

  it("starts after a first start that ended in the middle of making it", async () => {
    mkdirSync(`${data}.new`, { recursive: true });
    writeFileSync(join(`${data}.new`, "PG_VERSION"), "15\n");
    const server = await open();
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it("is opened by the programs that fit it, not by the newest, or says what to do", async () => {
    const embedded = await startPostgres({ dataDirectory, sources: ["embedded"] });
    await embedded.stop();
    const again = await open();
    expect(again.version).toMatch(/^18\./);
    expect(again.source).toBe(findInstalled().some(({ major }) => major === 18) ? "binaries" : "embedded");
    await again.stop();
    writeFileSync(join(data, "PG_VERSION"), "9\n");
    await expect(open()).rejects.toThrow(
      /was made by PostgreSQL 9, which PostgreSQL .* cannot read \(install PostgreSQL 9, or delete /,
    );
  });

  it("shows the end of the server's log when it does not start", async () => {
    await (await open()).stop();
    renameSync(join(data, "global"), join(data, "elsewhere"));
    await expect(open()).rejects.toThrow(/ended at once .*\. The end of .*\n.*global/s);
  });

  // Nobody but root can give files away, and nobody else runs servers as another user.
  (isRoot() ? it : it.skip)("of another OS user says whose it is and what to do", async () => {
    await (await open()).stop();
    chownSync(data, 65534, 65534);
    await expect(open()).rejects.toThrow(/belongs to the OS user with id 65534, .* chown -R postgres /);
  });
});

describe("chooseDataDirectory", () => {
  let clone: string;
  beforeEach(() => {
    clone = join(machine.folder, "clone");
    mkdirSync(clone);
  });

  it("takes a folder of the clone where the server's user can reach it", () => {
    expect(chooseDataDirectory(clone)).toEqual({
      path: join(clone, ".data", "postgres"),
      reason: "a folder of this clone",
    });
  });

  it("takes a folder of the user, always the same for a clone, where it cannot, and a server starts there", async () => {
    // Root is stopped by nothing, but its server's user is; others are stopped by a folder that is read-only.
    if (isRoot()) chmodSync(machine.folder, 0o700);
    else chmodSync(clone, 0o500);
    const { path, reason } = chooseDataDirectory(clone);
    expect(path.startsWith(machine.folder)).toBe(false);
    expect(reason).toMatch(/^not in the clone: /);
    expect(chooseDataDirectory(clone).path).toBe(path);
    expect(readdirSync(clone)).toEqual([]);
    await expect(startPostgres({ dataDirectory: join(clone, ".data"), sources })).rejects.toThrow(
      isRoot() ? /cannot keep its data in .* cannot reach/ : /EACCES/,
    );
    const server = await startPostgres({ dataDirectory: path, sources });
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(existsSync(join(path, "data"))).toBe(true);
    rmSync(dirname(path), { recursive: true });
  });
});
