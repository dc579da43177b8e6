import { check, equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { utf8 } from "./fixtures.js";

const needs = "deadConnections";

/** Number of concurrent reads: enough to open several connections, and to use each of them later. */
const CONNECTIONS = 8;

/** Maximum number of dead connections that one read may use: a backend may send two requests at once. */
const MOST_USED = 2;

/** Creates files, opens several connections and lets all of them die. */
async function die(t: CaseContext): Promise<() => number> {
  await t.fill(["/d/kept.txt", "/d/gone.txt"], "needle\n");
  await t.fill(["/d/edit.txt", "/d/upload.txt"], "n");
  await Promise.all(Array.from({ length: CONNECTIONS }, () => t.backend.readRaw(t.at("/d/kept.txt"))));
  return t.deadConnections();
}

/** Tests connections that died without a FIN or RST, as behind a load balancer, or while a function was frozen. */
export const deadConnectionCases: readonly ConformanceCase[] = [
  {
    id: "dead-connections/one-operation-notices",
    rule: "After connections died silently at most one operation waits for one of them: finding one dead discards the others of its age.",
    source: "ours",
    needs,
    async run(t) {
      const used = await die(t);
      const noticed: number[] = [];
      for (let i = 0; i < CONNECTIONS; i++) {
        const before = used();
        const answer = await t.backend.readRaw(t.at("/d/kept.txt"));
        succeeds(`read ${i + 1} after the connections died`, answer);
        equal("content", answer.data?.content, "needle\n");
        if (used() > before) noticed.push(i + 1);
      }
      check(noticed.length <= 1, "reads that were sent on a dead connection", "one at most", noticed);
      check(used() <= MOST_USED, "dead connections that were used", `${MOST_USED} at most`, used());
    },
  },
  {
    id: "dead-connections/reads-succeed",
    rule: "Reads and listings that hit a dead connection are retried on a new one: none is an error, and none is incomplete.",
    source: "ours",
    needs,
    async run(t) {
      await die(t);
      const all = ["/d/edit.txt", "/d/gone.txt", "/d/kept.txt", "/d/upload.txt"];
      const both = ["/d/gone.txt", "/d/kept.txt"];
      const [read, ls, glob, found] = await Promise.all([
        t.read("/d/kept.txt"),
        t.ls("/d"),
        t.glob("**/*.txt"),
        t.found("needle"),
        t.holds("/d/gone.txt", "needle\n"),
      ]);
      equal("content", read.content, "needle\n");
      equal("ls", ls.sort(), all);
      equal("glob", glob.sort(), all);
      equal("grep", found.sort(), both);
      if (t.capabilities.transfer) equal("bytes", await t.bytes("/d/kept.txt"), utf8("needle\n"));
    },
  },
  {
    id: "dead-connections/changes-are-made-once",
    rule: "A change on a dead connection is carried out once and reported as successful.",
    source: "ours",
    needs,
    async run(t) {
      await die(t);
      await Promise.all([
        t.write("/d/new.txt", "new\n"),
        t.edit("/d/edit.txt", "n", "n+"),
        t.capabilities.transfer && t.upload(["/d/upload.txt", utf8("up\n")]),
        t.capabilities.delete &&
          t.backend.delete(t.at("/d/gone.txt")).then((answer) => succeeds("delete", answer)),
      ]);
      await t.holds("/d/new.txt", "new\n");
      await t.holds("/d/edit.txt", "n+");
      if (t.capabilities.transfer) await t.holds("/d/upload.txt", "up\n");
      if (t.capabilities.delete) await t.absent("/d/gone.txt");
    },
  },
];
