import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { utf8 } from "./fixtures.js";
import { race, WRITERS, won } from "./race.js";

/** Tests concurrent writers: every total is exact. Edits are tested in races-edit.ts. */
export const raceCases: readonly ConformanceCase[] = [
  {
    id: "races/write/one-winner",
    rule: "Exactly one of many writers that create one path concurrently succeeds, and its content is stored.",
    source: "ours",
    needs: ["atomic", "createOnly"],
    async run(t) {
      for (let round = 0; round < 5; round++) {
        const path = `/${round}.txt`;
        const answers = await race(t, WRITERS, (backend, i) => backend.write(t.at(path), `writer ${i}`));
        equal("successes", won(answers), 1);
        await t.holds(path, `writer ${answers.findIndex(({ error }) => error === undefined)}`);
      }
    },
  },
  {
    id: "races/write/same-content",
    rule: "Writers that create one path concurrently with the same content all succeed.",
    source: "ours",
    needs: ["atomic", "idempotentWrites"],
    async run(t) {
      const answers = await race(t, WRITERS, (backend) => backend.write(t.at("/a.txt"), "the same"));
      equal("successes", won(answers), WRITERS);
      await t.holds("/a.txt", "the same");
    },
  },
  {
    id: "races/write/whole-contents",
    rule: "If writes replace, the last of many concurrent writers leaves its own content, whole.",
    source: "deepagents",
    needs: "atomic",
    unless: "createOnly",
    async run(t) {
      const content = (i: number) => `writer ${i}\n`.repeat(500);
      await race(t, WRITERS, (backend, i) => backend.write(t.at("/a.txt"), content(i)));
      const stored = String((await t.data("/a.txt")).content);
      check(
        Array.from({ length: WRITERS }, (_, i) => content(i)).includes(stored),
        "content",
        "that of one writer",
        stored,
      );
    },
  },
  {
    id: "races/upload/never-mixes-with-edits",
    rule: "Concurrent uploads and edits leave one whole upload with edits applied to it, never a mixture.",
    source: "ours",
    needs: ["atomic", "transfer"],
    async run(t) {
      const lines = 200;
      await t.write("/a.txt", "start x\n".repeat(lines));
      await race<unknown>(t, WRITERS, (backend, i) =>
        i % 2 === 0
          ? backend.uploadFiles([[t.at("/a.txt"), utf8(`upload ${i} x\n`.repeat(lines))]])
          : backend.edit(t.at("/a.txt"), "x", `x${i}`, true),
      );
      const stored = String((await t.data("/a.txt")).content)
        .split("\n")
        .slice(0, -1);
      equal("lines", stored.length, lines);
      equal("different lines", new Set(stored).size, 1);
    },
  },
  {
    id: "races/upload/overlapping-batches",
    rule: "Concurrent batches of the same files in opposite order succeed whole: they must not deadlock.",
    source: "ours",
    needs: ["atomic", "transfer"],
    async run(t) {
      const paths = Array.from({ length: 30 }, (_, i) => `/d/${i}.txt`);
      const all = await race(t, 8, (backend, i) => {
        const order = i % 2 === 0 ? paths : [...paths].reverse();
        return backend.uploadFiles(order.map((path) => [t.at(path), utf8(`batch ${i} ${path}`)]));
      });
      equal(
        "refused",
        all.flat().filter(({ error }) => error !== null),
        [],
      );
      for (const path of paths) {
        const content = String((await t.data(path)).content);
        check(
          /^batch \d /.test(content) && content.endsWith(path),
          `content of ${path}`,
          "that of one batch",
          content,
        );
      }
    },
  },
  {
    id: "races/delete/edits-do-not-bring-back",
    rule: "An edit concurrent with a deletion does not recreate the file.",
    source: "ours",
    needs: ["atomic", "delete"],
    async run(t) {
      for (let round = 0; round < 10; round++) {
        const path = `/${round}.txt`;
        await t.write(path, "END");
        const deletions = await race(t, 8, async (backend, i) => {
          // Delayed, so that the deletion happens during the edits, not before.
          for (let n = 0; n < 6; n++) {
            if (i === 0 && n === 3) return backend.delete(t.at(path));
            await backend.edit(t.at(path), "END", `${i}.${n} END`);
          }
          return undefined;
        });
        equal("error of the deletion", deletions[0]?.error, undefined);
        await t.absent(path);
      }
    },
  },
  {
    id: "races/delete/creations-and-deletions-balance",
    rule: "When many writers create and delete one path concurrently, the number of creations minus deletions equals the number of files: 1 or 0.",
    source: "ours",
    needs: ["atomic", "atomicDelete", "createOnly", "delete"],
    async run(t) {
      const path = t.at("/a.txt");
      const rounds = t.scaled(10);
      const counts = await race(t, WRITERS, async (backend, i) => {
        let count = 0;
        for (let n = 0; n < rounds; n++) {
          const answer = i % 2 === 0 ? await backend.write(path, `${i}.${n}`) : await backend.delete(path);
          if (answer.error === undefined) count += i % 2 === 0 ? 1 : -1;
        }
        return count;
      });
      const there = (await t.backend.readRaw(path)).error === undefined ? 1 : 0;
      check(
        counts.some((count) => count > 0),
        "creations",
        "one at least, since the path was free",
        counts,
      );
      equal(
        "creations less deletions",
        counts.reduce((a, b) => a + b, 0),
        there,
      );
    },
  },
  {
    id: "races/read/sees-whole-versions",
    rule: "A read concurrent with edits returns one version of the file, whole.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      await t.write("/a.txt", "v0\n".repeat(300));
      const seen = await race(t, WRITERS, async (backend, i) => {
        if (i % 4 === 0) await backend.edit(t.at("/a.txt"), "v", `v${i}`, true);
        const { content } = await backend.read(t.at("/a.txt"));
        return new Set(String(content).split("\n").slice(0, -1)).size;
      });
      equal(
        "versions in each read",
        seen,
        seen.map(() => 1),
      );
    },
  },
];
