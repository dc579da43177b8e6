import { describe, expect, it } from "@jest/globals";
import { compile } from "../src/glob/compile.js";
import { matcher } from "../src/glob/match.js";
import { parse } from "../src/glob/parse.js";
import { compileGlob } from "../src/glob.js";

const HOSTILE = [
  "*a*a*a*a*b",
  `${"*a".repeat(500)}b`,
  `${"*".repeat(13)}b`,
  "*".repeat(1024),
  `${"?*".repeat(500)}b`,
  `${"**/".repeat(300)}b`,
  `${"**/a/".repeat(200)}b`,
  "*(*(*(a)))b",
  `${"*(".repeat(300)}a${")".repeat(300)}b`,
  `${"+(a|".repeat(200)}a${")".repeat(200)}b`,
  `${"*(*(*(a)))".repeat(90)}b`,
  "+(a|aa|aaa|a*|*a)b",
  `${"?(a)".repeat(200)}b`,
  `${"{a,b}".repeat(40)}`,
  `${"{a,}".repeat(200)}b`,
  `${"{a,{a,".repeat(100)}${"}}".repeat(100)}b`,
  "*{1..1000}*b",
  `${"*[^b]".repeat(200)}b`,
];
const PATHS = ["a".repeat(1000), "a/".repeat(500).slice(0, -1), "1".repeat(255)];

/** Runs a pattern and counts the states that are looked at. */
function run(pattern: string, path: string) {
  let steps = 0;
  const automaton = compile(parse(pattern));
  const states = new Proxy(automaton.states, {
    get(target, property, receiver) {
      if (typeof property === "string" && /^\d/.test(property)) steps += 1;
      return Reflect.get(target, property, receiver);
    },
  });
  matcher({ ...automaton, states })(path);
  return { steps, states: automaton.states.length };
}

describe("cost", () => {
  it.each(HOSTILE)("of %s is at most the path's length times the states", (pattern) => {
    for (const path of PATHS) {
      const { steps, states } = run(pattern, path);
      expect(steps).toBeLessThanOrEqual(states * (path.length + 1));
    }
  });

  it("really counts steps", () => {
    expect(run("a*b", "a".repeat(100)).steps).toBeGreaterThan(100);
  });

  it.each(HOSTILE)("the automaton of %s grows with the pattern, not with what it stands for", (pattern) => {
    // `**/` makes four states, a value of a range at most one for each of its digits.
    const values = pattern.includes("..") ? 1000 * 4 : 0;
    expect(compile(parse(pattern)).states.length).toBeLessThanOrEqual(2 * pattern.length + values + 2);
  });

  it("a range shares states, so that few of them are active at once", () => {
    const path = "9".repeat(100);
    expect(run("*{1..1000}b", path).steps).toBeLessThan(100 * 50);
  });

  it.each([
    "(".repeat(1024),
    "{".repeat(1024),
    "[".repeat(1024),
    '"'.repeat(1023),
    "@(".repeat(512),
    "{a,".repeat(341),
    `${"(".repeat(512)}${")".repeat(512)}`,
    `${"{,".repeat(341)}${"}".repeat(341)}`,
    `${")".repeat(512)}${"}".repeat(512)}`,
    `[${"[:alpha:]".repeat(113)}`,
    `${"(".repeat(511)}${"{".repeat(511)},}`,
  ])("%s is compiled, however deep", (pattern) => {
    const { matches } = compileGlob(pattern);
    expect(matches(pattern)).toBe(true);
  });
});
