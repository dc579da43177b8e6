import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";

/** Pairs of a stored name and the form of it that a model writes. */
const PAIRS: Readonly<Record<string, readonly [stored: string, asked: string]>> = {
  "narrow-space": ["Screenshot 2026-01-02 at 3.04.05\u202fPM.png", "Screenshot 2026-01-02 at 3.04.05 PM.png"],
  "no-break-space": ["a\u00a0b.txt", "a b.txt"],
  "ordinary-space": ["a b.txt", "a\u202fb.txt"],
  decomposed: ["Cafe\u0301.txt", "Caf\u00e9.txt"],
  composed: ["Caf\u00e9.txt", "Cafe\u0301.txt"],
  "accent-at-the-start": ["U\u0308bersicht.md", "\u00dcbersicht.md"],
};

const METHODS = ["read", "readRaw", "edit", "delete"] as const;

/** Tests names that look the same but are different files. */
export const lookAlikeCases: readonly ConformanceCase[] = [
  ...Object.entries(PAIRS).map(
    ([name, [stored, asked]]): ConformanceCase => ({
      id: `paths/look-alikes/${name}`,
      rule: "A file that is not found is not the one whose name looks the same; the error names that one, because the model cannot see the difference.",
      source: "ours",
      needs: ["lookAlikes", "anyName"],
      async run(t) {
        await t.fill([`/d/${stored}`, "/d/other.txt", "/d/a.txt"]);
        const path = t.at(`/d/${asked}`);
        for (const method of METHODS) {
          if (method === "delete" && !t.capabilities.delete) continue;
          const answer = await (method === "edit" ? t.backend.edit(path, "x", "y") : t.backend[method](path));
          refuses(method, answer, /not found/i, t.at(`/d/${stored}`));
        }
        equal("files", (await t.ls("/d")).includes(`/d/${stored}`), true);
      },
    }),
  ),
  {
    id: "paths/look-alikes/none",
    rule: "A name that looks different is not offered: neither another case, nor another accent, nor one in another directory.",
    source: "ours",
    needs: ["lookAlikes", "anyName"],
    async run(t) {
      await t.fill([
        "/d/caf\u00e9 1.txt",
        "/d/Caf\u00e8 1.txt",
        "/e/Caf\u00e9 1.txt",
        "/d/Caf\u00e9 1.txt.bak",
      ]);
      const { error } = await t.backend.read(t.at("/d/Cafe\u0301 1.txt"));
      for (const other of ["/d/caf\u00e9 1.txt", "/d/Caf\u00e8 1.txt", "/e/", ".bak"])
        check(error?.includes(other) === false, "error", `nothing about ${other}`, error);
    },
  },
];
