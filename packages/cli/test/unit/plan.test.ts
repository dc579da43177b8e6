import { describe, expect, it } from "@jest/globals";
import { conflictName, planSync } from "../../src/sync/plan.js";

const contents = (text: string) =>
  new Map([...text].map((hash, i) => [String(i), hash] as const).filter(([, hash]) => hash !== "-"));

describe("a plan", () => {
  it("follows the side that changed, prefers changes to deletions, and finds conflicts", () => {
    const base = contents("aaaaaaa--a");
    const local = contents("aba-b-bbba");
    const remote = contents("aaba-bccb-");
    const { actions } = planSync(base, local, remote);
    expect(actions.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      "1 upload",
      "2 download",
      "3 delete-remote",
      "4 upload",
      "5 download",
      "6 conflict",
      "7 conflict",
      "9 delete-local",
    ]);
  });

  it("takes over what both sides have", () => {
    const { actions, base } = planSync(new Map(), contents("ab"), contents("ab"));
    expect([actions, base]).toEqual([[], contents("ab")]);
  });
});

it.each([
  ["notes.md", "notes.conflict-0123456789ab.md"],
  ["d.x/notes", "d.x/notes.conflict-0123456789ab"],
  [".env", ".env.conflict-0123456789ab"],
  ["d/.env", "d/.env.conflict-0123456789ab"],
  ["a.tar.gz", "a.tar.conflict-0123456789ab.gz"],
])("%s is kept as %s", (path, name) => expect(conflictName(path, "0123456789abcdef")).toBe(name));
