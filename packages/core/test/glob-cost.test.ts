import { describe, expect, it } from "@jest/globals";
import { compile } from "../src/glob/compile.js";
import { compileGlob } from "../src/glob/glob.js";
import { matcher } from "../src/glob/match.js";
import { parse } from "../src/glob/parse.js";

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

/** Runs a pattern on paths and counts the states that are looked at. */
function run(pattern: string, paths: readonly string[], maxSteps?: number) {
  let steps = 0;
  const automaton = compile(parse(pattern));
  const states = new Proxy(automaton.states, {
    get(target, property, receiver) {
      if (typeof property === "string" && /^\d/.test(property)) steps += 1;
      return Reflect.get(target, property, receiver);
    },
  });
  const matches = matcher({ ...automaton, states }, maxSteps);
  const found = paths.filter((path) => matches(path));
  return { found, steps, states: automaton.states.length };
}

describe("cost", () => {
  it.each(HOSTILE)("of %s does not grow with the number of paths", (pattern) => {
    const many = Array.from({ length: 300 }, (_, i) => PATHS[i % PATHS.length]!);
    const once = run(pattern, PATHS);
    expect(run(pattern, many).steps).toBe(once.steps);
    // A budget of 2,000,000 besides the states of the constructor.
    expect(once.steps).toBeLessThan(2_100_000);
  });

  it("really counts steps", () => {
    expect(run("a*b", ["a".repeat(100)]).steps).toBeGreaterThan(5);
    expect(run("?a*b", ["ca", "a/a", "cab", "", "b"]).steps).toBeGreaterThan(20);
  });

  it("of a pattern that needs unbounded sets is refused", () => {
    // Each of the last 30 characters may be the `a`: 2 ** 30 sets.
    const paths = Array.from({ length: 20_000 }, (_, i) =>
      `a${((i * 2_654_435_761) % 2 ** 32).toString(2)}`.replace(/0/g, "a"),
    );
    expect(() => run(`*a${"?".repeat(30)}`, paths)).toThrow(/too complex.*Use fewer/);
    expect(() => run("*a?b", paths, 10)).toThrow(/too complex/);
  });

  it.each(HOSTILE)("the automaton of %s grows with the pattern, not with its expansion", (pattern) => {
    // `**/` makes four states, a value of a range at most one for each of its digits.
    const values = pattern.includes("..") ? 1000 * 4 : 0;
    expect(compile(parse(pattern)).states.length).toBeLessThanOrEqual(2 * pattern.length + values + 2);
  });

  it("a range shares states, so that few of them are active at a time", () => {
    expect(run("*{1..1000}b", ["9".repeat(100)]).steps).toBeLessThan(100 * 50);
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
  ])("%s is compiled despite its depth", (pattern) => {
    const { matches } = compileGlob(pattern);
    expect(matches(pattern)).toBe(true);
  });
});
