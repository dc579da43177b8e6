import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { logTail } from "../src/messages.js";
import { credentials, isRoot, serverUser } from "../src/os/user.js";
import { answers, withConnection } from "../src/postgres/connection.js";
import { chooseDataDirectory } from "../src/postgres/data-directory.js";
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
  it("finds the files of its first start at the second", async () => {
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

  it("is started once by three concurrent processes", async () => {
    const holders = await Promise.all([1, 2, 3].map(() => startHolder("hold", dataDirectory)));
    expect(new Set(holders.map((holder) => holder.url)).size).toBe(1);
    for (const holder of holders) {
      expect(await answers(holder.url)).toBe(true);
      holder.process.stdin!.end();
      expect(await holder.ended).toEqual([0, null]);
    }
    expect(await answers(holders[0]!.url)).toBe(false);
  });

  it("outlives the process that started it for another one, and stops when both are gone", async () => {
    const starter = await startHolder("wait", dataDirectory);
    const user = await startHolder("wait", dataDirectory);
    starter.process.kill("SIGKILL");
    await starter.ended;
    const third = await open();
    expect(third.description).toContain("already running");
    expect([user.url, third.url]).toEqual([starter.url, starter.url]);
    await third.stop();
    expect(await answers(user.url)).toBe(true);
    user.process.kill("SIGKILL");
    await isGone(user.url);
  });

  it("starts after the former one has ended, and is then shared", async () => {
    await (await open()).stop();
    // Stands for a server that still stops.
    const former = spawn("sleep", ["infinity"], credentials(serverUser(data)));
    writeFileSync(join(data, "postmaster.pid"), `${former.pid}\n`);
    const starting = open();
    await eventually(() => logTail(join(dataDirectory, "server.log")).includes("already exists"));
    former.kill();
    const servers = [await starting, await open()];
    expect(servers[1]?.url).toBe(servers[0]?.url);
    for (const server of servers) await server.stop();
  });

  it("starts after a first start that ended in the middle of making it", async () => {
    mkdirSync(`${data}.new`, { recursive: true });
    writeFileSync(join(`${data}.new`, "PG_VERSION"), "15\n");
    const server = await open();
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it("is opened by the programs of its version, not by the newest, or reports a remedy", async () => {
    const embedded = await startPostgres({ dataDirectory, sources: ["embedded"] });
    await embedded.stop();
    const again = await open();
    expect(again.version).toMatch(/^18\./);
    await again.stop();
    writeFileSync(join(data, "PG_VERSION"), "9\n");
    await expect(open()).rejects.toThrow(
      /was made by PostgreSQL 9, which PostgreSQL .* cannot read \(install PostgreSQL 9, or delete /,
    );
  });

  it("shows the end of the server's log if it does not start", async () => {
    await (await open()).stop();
    renameSync(join(data, "global"), join(data, "elsewhere"));
    await expect(open()).rejects.toThrow(/ended at once .*\. The end of .*\n.*global/s);
  });

  it("reports that its port is in use", async () => {
    const port = Number((await machine.listen(() => {})).split(":")[1]);
    const message = `could not listen on port ${port}, which another program holds`;
    await expect(startPostgres({ dataDirectory, sources, port })).rejects.toThrow(message);
  });

  // Nobody but root runs servers as another user.
  (isRoot() ? it : it.skip)("works as the owner of its data", async () => {
    await (await open()).stop();
    execFileSync("chown", ["-R", "nobody", data]);
    const server = await open();
    expect(server.description).toMatch(/as OS user nobody\)$/);
    await server.stop();
  });
});

describe("chooseDataDirectory", () => {
  let clone: string;
  beforeEach(() => {
    clone = join(machine.folder, "clone");
    mkdirSync(clone);
  });

  it("uses a folder of the clone if the server's user can reach it", () => {
    expect(chooseDataDirectory(clone)).toEqual({ path: join(clone, ".data", "postgres"), isInClone: true });
  });

  it("otherwise uses a folder of the user, always the same for a clone, and a server starts there", async () => {
    // Root is stopped by nothing, but its server's user is; others are stopped by a folder that is read-only.
    if (isRoot()) chmodSync(machine.folder, 0o700);
    else chmodSync(clone, 0o500);
    const { path, isInClone } = chooseDataDirectory(clone);
    expect(path.startsWith(machine.folder)).toBe(false);
    expect(isInClone).toBe(false);
    expect(chooseDataDirectory(clone).path).toBe(path);
    expect(readdirSync(clone)).toEqual([]);
    const server = await startPostgres({ dataDirectory: path, sources });
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(existsSync(join(path, "data"))).toBe(true);
    rmSync(dirname(path), { recursive: true });
  });
});
