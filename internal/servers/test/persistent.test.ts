import { chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { homeAt } from "../src/homes/home.js";
import { isRoot } from "../src/os/server-user.js";
import { withConnection } from "../src/postgres/connection.js";
import { findInstalled } from "../src/postgres/installed.js";
import { startPostgres } from "../src/postgres/start.js";
import { startHolder } from "./helpers/child.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder } from "./helpers/folder.js";
import { answers, show } from "./helpers/server.js";

withCleanEnvironment();

let folder: ReturnType<typeof makeFolder>;
let dataDirectory: string;
beforeEach(() => {
  folder = makeFolder();
  dataDirectory = join(folder.path, "deep", "postgres");
});
afterEach(() => folder.remove());

const sources = ["binaries", "embedded"] as const;

describe("a server with a data directory", () => {
  it("finds at the second start what was stored at the first", async () => {
    const first = await startPostgres({ dataDirectory, sources });
    await withConnection(first.url, async (sql) => {
      await sql`create table kept (word text)`;
      await sql`insert into kept values ('there')`;
    });
    expect(await show(first.url, "fsync")).toBe("on");
    await first.stop();
    expect(await answers(first.url)).toBe(false);

    const second = await startPostgres({ dataDirectory, sources });
    expect(await withConnection(second.url, (sql) => sql`select word from kept`)).toEqual([
      { word: "there" },
    ]);
    expect(second.description).toContain(dataDirectory);
    await second.stop();
  });

  it("is shared by all that open it, and stops with the last one", async () => {
    const first = await startPostgres({ dataDirectory, sources });
    const second = await startPostgres({ dataDirectory, sources });
    expect(second.url).toBe(first.url);
    expect(second.description).toContain("already running");
    await first.stop();
    expect(await answers(second.url)).toBe(true);
    await second.stop();
    expect(await answers(second.url)).toBe(false);
  });

  it("is made once when three processes start at the same time", async () => {
    const holders = await Promise.all([1, 2, 3].map(() => startHolder("hold", { dataDirectory })));
    expect(new Set(holders.map((holder) => holder.url)).size).toBe(1);
    for (const holder of holders) {
      expect(await answers(holder.url)).toBe(true);
      holder.process.stdin!.write("stop\n");
      expect(await holder.ended).toEqual({ code: 0, signal: null });
    }
    expect(await answers(holders[0]!.url)).toBe(false);
  });

  it("is taken over from a process that was killed, and still stops", async () => {
    const killed = await startHolder("wait", { dataDirectory });
    killed.process.kill("SIGKILL");
    await killed.ended;
    const next = await startPostgres({ dataDirectory, sources });
    expect(next.url).toBe(killed.url);
    await next.stop();
    expect(await answers(next.url)).toBe(false);
  });

  it("stops when its only process ends without stopping it", async () => {
    const holder = await startHolder("exit", { dataDirectory });
    expect(await holder.ended).toEqual({ code: 3, signal: null });
    expect(await answers(holder.url)).toBe(false);
  });

  it("starts after a first start that ended in the middle of making it", async () => {
    const home = homeAt(dataDirectory);
    mkdirSync(`${home.data}.new`, { recursive: true });
    writeFileSync(join(`${home.data}.new`, "PG_VERSION"), "15\n");
    const server = await startPostgres({ dataDirectory, sources });
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it("of another major version says what to do", async () => {
    const embedded = await startPostgres({ dataDirectory, sources: ["embedded"] });
    await embedded.stop();
    const version = join(homeAt(dataDirectory).data, "PG_VERSION");
    expect(readFileSync(version, "utf8").trim()).toBe("18");
    writeFileSync(version, "9\n");
    await expect(startPostgres({ dataDirectory, sources })).rejects.toThrow(
      /was made by PostgreSQL 9, which PostgreSQL .* cannot read \(install PostgreSQL 9, or delete /,
    );
  });

  it("is opened by the programs that fit it, not by the newest", async () => {
    const embedded = await startPostgres({ dataDirectory, sources: ["embedded"] });
    await embedded.stop();
    const again = await startPostgres({ dataDirectory, sources });
    const installed18 = findInstalled().some((each) => each.major === 18);
    expect(again.version).toMatch(/^18\./);
    expect(again.source).toBe(installed18 ? "binaries" : "embedded");
    await again.stop();
  });

  it("shows the end of the server's log when it does not start", async () => {
    const server = await startPostgres({ dataDirectory, sources });
    await server.stop();
    const { data } = homeAt(dataDirectory);
    renameSync(join(data, "global"), join(data, "elsewhere"));
    await expect(startPostgres({ dataDirectory, sources })).rejects.toThrow(
      /ended at once\. The end of .*\n.*global/s,
    );
  });

  // Nobody but root can give files away, and nobody else runs servers as another user.
  (isRoot() ? it : it.skip)("of another OS user says whose it is and what to do", async () => {
    const server = await startPostgres({ dataDirectory, sources });
    await server.stop();
    chownSync(homeAt(dataDirectory).data, 65534, 65534);
    await expect(startPostgres({ dataDirectory, sources })).rejects.toThrow(
      /belongs to the OS user with id 65534, .* chown -R postgres /,
    );
  });

  it("whose data are in a Docker volume is not started without Docker", async () => {
    mkdirSync(dataDirectory, { recursive: true });
    writeFileSync(
      join(dataDirectory, "docker.json"),
      JSON.stringify({ image: "postgres:17-alpine", volume: "some-volume" }),
    );
    await expect(startPostgres({ dataDirectory, sources })).rejects.toThrow(
      "are in the Docker volume some-volume, but no Docker engine answers",
    );
  });
});
