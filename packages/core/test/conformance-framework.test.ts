import { describe, expect, it } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { equal } from "../src/conformance/assert.js";
import {
  allCases,
  type CaseResult,
  type ConformanceCase,
  type ConformanceOptions,
  type CreateContext,
  defineWith,
  runCase,
  runConformance,
  summary,
} from "../src/conformance/index.js";
import { defineBackendTests } from "../src/conformance/jest.js";

const passing: ConformanceCase = {
  id: "family/passing",
  rule: "What is written is there, since it was written.",
  source: "deepagents",
  async run(t) {
    await t.write("/a.txt", "one");
    await t.holds("/a.txt", "one");
  },
};
const failing: ConformanceCase = {
  ...passing,
  id: "family/failing",
  source: "tools",
  async run(t) {
    await t.write("/a.txt", "o\u2028e");
    await t.holds("/a.txt", "one");
  },
};
const needing: ConformanceCase = { ...passing, id: "family/needing", needs: ["ownRoot", "atomic"] };
const lacking: ConformanceCase = { ...passing, id: "family/lacking", unless: "atomic" };

const options = (more: Partial<ConformanceOptions> = {}): ConformanceOptions => ({
  name: "memory",
  create: () => new MemoryBackend(),
  cases: [passing],
  ...more,
});

const ids = (results: readonly CaseResult[]) => results.map((result) => result.case.id);

describe("the cases", () => {
  it("are many, each with its own id and one sentence", () => {
    expect(allCases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length);
    for (const { id, rule } of allCases) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*(\/[\w.-]+)+$/);
      expect(rule).toMatch(/^[^a-z].*\.$/s);
    }
  });

  it("describe what happens if a promise about behavior is not made", () => {
    const denied = new Set(allCases.flatMap(({ unless = [] }) => unless));
    expect([...denied].sort()).toEqual([
      "atomic",
      "createOnly",
      "delete",
      "directories",
      "exactSizes",
      "fileAndDirectory",
      "guarded",
      "strictPaths",
    ]);
  });
});

describe("options", () => {
  it.each([
    ["an unknown capability", { capabilities: { atomc: true } as never }, /Unknown capability atomc.*atomic/],
    ["an unknown id to try", { only: ["family/nothing"] }, /no conformance case family\/nothing/],
    ["an unknown family to try", { only: ["nothing/"] }, /no conformance case nothing\//],
    ["an unknown id to skip", { skip: { "family/nothing": "why" } }, /no conformance case family\/nothing/],
    [
      "an id that exists twice",
      { cases: [passing, passing] },
      /Two conformance cases have the id family\/passing/,
    ],
    ["no cases", { cases: [] }, /No conformance case/],
    ["a limit of no time", { timeoutMs: 0 }, /timeoutMs is 0; it must be a number above 0/],
    ["a scale that is none", { scale: Number.NaN }, /scale is NaN/],
    ["no random sequences", { model: { runs: 0 } }, /model.runs is 0; it must be a whole number above 0/],
    ["half a seed", { model: { seed: 0.5 } }, /model.seed is 0.5; it must be a whole number/],
    ["a promise in words", { capabilities: { ownRoot: "yes" as never } }, /ownRoot is yes; it must be true/],
    [
      "a limit that is none",
      { capabilities: { maxFileBytes: -1 } },
      /maxFileBytes is -1; it must be a number/,
    ],
    ["an outage that nobody can make", { capabilities: { outage: true } }, /returns no function `outage`/],
    ["nowhere to put files", { capabilities: { directories: false } }, /must promise `ownRoot`/],
    [
      "no backend",
      { create: () => undefined as never },
      /answered with undefined; it must answer with a backend/,
    ],
    [
      "a service that is away",
      { create: () => Promise.reject(new Error("refused")) },
      /cannot be created: .*refused/,
    ],
    ["a service that hangs", { create: () => new Promise<never>(() => {}), timeoutMs: 20 }, /within 20 ms/],
    ["nothing but skipped cases", { skip: { "family/": "why" } }, /No conformance case was tried/],
    [
      "nothing but cases that need what is not promised",
      { cases: [needing] },
      /No conformance case was tried/,
    ],
  ])("with %s are refused", async (_, more, message) => {
    await expect(runConformance(options(more))).rejects.toThrow(message);
  });

  it("select cases by id and by family", async () => {
    const cases = [passing, { ...passing, id: "family/other" }, { ...passing, id: "other/one" }];
    expect(ids((await runConformance(options({ cases, only: ["family/"] }))).passed)).toEqual([
      "family/passing",
      "family/other",
    ]);
    expect(ids((await runConformance(options({ cases, only: ["other/one"] }))).passed)).toEqual([
      "other/one",
    ]);
  });
});

describe("capabilities", () => {
  it("decide which cases run; given ones override the backend's", async () => {
    const cases = [passing, needing, lacking];
    const own = await runConformance(options({ cases, capabilities: { ownRoot: true } }));
    expect([ids(own.passed), ids(own.notApplicable)]).toEqual([
      ["family/passing", "family/needing"],
      ["family/lacking"],
    ]);
    const given = await runConformance(options({ cases, capabilities: { ownRoot: true, atomic: false } }));
    expect([ids(given.passed), ids(given.notPromised)]).toEqual([
      ["family/passing", "family/lacking"],
      ["family/needing"],
    ]);
    expect(given.notPromised[0]?.reason).toBe("atomic not promised");
  });

  it("are derived from the methods of a backend", async () => {
    const backend = new MemoryBackend();
    const create = () =>
      new Proxy(backend, { get: (target, key) => (key === "delete" ? undefined : Reflect.get(target, key)) });
    const cases: ConformanceCase[] = [
      { ...passing, async run() {} },
      { ...passing, id: "family/delete", needs: "delete" },
    ];
    expect(ids((await runConformance(options({ create, cases }))).notPromised)).toEqual(["family/delete"]);
  });

  it("that are promised without the method fail", async () => {
    const create = () => ({ ...new MemoryBackend(), delete: undefined }) as never;
    const one: ConformanceCase = {
      ...passing,
      needs: "delete",
      run: async (t) => void (await t.backend.delete("/a")),
    };
    const result = await runCase(one, options({ create, capabilities: { delete: true } }));
    expect(result.reason).toContain("expected  a method, since it is promised");
  });
});

describe("a run", () => {
  it("gives each case its own backend, opens more instances of it and closes all", async () => {
    const seen: string[] = [];
    const host = (name: string) => ({
      backend: new MemoryBackend(),
      open: () => {
        seen.push("open");
        return new MemoryBackend();
      },
      close: () => void seen.push(`close ${name}`),
    });
    const one: ConformanceCase = {
      ...passing,
      async run(t) {
        await t.open();
        await t.neighbor(t.name, "a b");
      },
    };
    const cases = [one, { ...failing, id: "family/second" }];
    const made: CreateContext[] = [];
    const create = (context: CreateContext) => {
      made.push(context);
      return host(context.name);
    };
    await runConformance(options({ cases, create }));
    // The first one only proves that a backend can be created.
    expect(made).toHaveLength(4);
    const names = made.map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect(made[1]!.namespace).toEqual([names[1]]);
    expect(made[2]).toEqual({ name: `${names[1]}/a b`, namespace: [names[1], "a b"] });
    const [trial, first, neighbor, second] = names.map((name) => `close ${name}`);
    expect(seen).toEqual([trial, "open", neighbor, first, second]);
  });

  it("reports each result as its case ends, and the reasons at the end", async () => {
    const told: string[] = [];
    const report = await runConformance({
      ...options({ cases: [passing, failing, needing], skip: { "family/passing": "broken upstream" } }),
      onResult: ({ case: one, status }) => told.push(`${one.id} ${status}`),
    });
    expect(told).toEqual(["family/passing skipped", "family/failing failed", "family/needing not-promised"]);
    expect(summary(report)).toBe(
      [
        "memory: 0 passed, 1 failed, 1 not promised, 1 skipped",
        "  ownRoot not promised: family/needing",
        "  broken upstream: family/passing",
      ].join("\n"),
    );
  });

  it("isolates cases that share a root", async () => {
    const backend = new MemoryBackend();
    const cases = [passing, { ...passing, id: "family/again" }];
    expect((await runConformance(options({ create: () => backend, cases }))).passed).toHaveLength(2);
    expect((await backend.ls("/")).files).toHaveLength(2);
  });

  it("ends a case that hangs, and one that blocked the event loop", async () => {
    const hanging: ConformanceCase = { ...passing, run: () => new Promise(() => {}) };
    const blocking: ConformanceCase = {
      ...passing,
      async run() {
        for (const end = performance.now() + 30; performance.now() < end; );
      },
    };
    for (const one of [hanging, blocking]) {
      const result = await runCase(one, options({ timeoutMs: 20 }));
      expect(result).toMatchObject({ status: "failed" });
      expect(result.reason).toContain("expected  an end within 20 ms");
    }
  });

  it("fails a case whose backend cannot be created or closed", async () => {
    const refused = new Error("connect ECONNREFUSED");
    const made = await runCase(passing, options({ create: () => Promise.reject(refused) }));
    expect(made.reason).toContain("connect ECONNREFUSED");
    const closed = await runCase(
      passing,
      options({ create: () => ({ backend: new MemoryBackend(), close: () => Promise.reject(refused) }) }),
    );
    expect(closed.status).toBe("failed");
  });

  it("closes everything although one close fails, and reports the case's own failure first", async () => {
    const closed: string[] = [];
    const create = ({ name }: { name: string }) => ({
      backend: new MemoryBackend(),
      close: () => {
        closed.push(name);
        throw new Error(`cannot close ${name}`);
      },
    });
    const one: ConformanceCase = {
      ...passing,
      async run(t) {
        await t.neighbor("-corp");
        await t.holds("/missing.txt", "x");
      },
    };
    const { reason } = await runCase(one, options({ create }));
    expect(closed).toHaveLength(2);
    expect(reason).toContain("/missing.txt");
    expect(reason).not.toContain("cannot close");
  });
});

describe("a failure", () => {
  it.each([undefined, null, "text", [], 7])("is an answer that is %j", async (answer) => {
    const backend = new MemoryBackend();
    const create = () =>
      new Proxy(backend, {
        get: (target, key) => (key === "read" ? () => answer : Reflect.get(target, key)),
      });
    const one: ConformanceCase = { ...passing, run: async (t) => void (await t.backend.read("/a.txt")) };
    const { reason } = await runCase(one, options({ create }));
    expect(reason).toContain("expected  an answer, an object");
    expect(reason).not.toContain("node_modules");
  });

  it("shows the rule, the operation, the expected and actual values, the calls, and the rule's source", async () => {
    const { reason = "" } = await runCase(failing, options({ capabilities: { ownRoot: true } }));
    expect(reason.split("\n").slice(0, 6)).toEqual([
      "family/failing",
      "  rule      What is written is there, since it was written.",
      "  tried     content of /a.txt",
      '  expected  "one"',
      '  got       "o\\u2028e"',
      '  calls     write("/a.txt", "o\\u2028e") -> { path: \'/a.txt\', filesUpdate: null }',
    ]);
    expect(reason).toContain("\n  source    what deepagents' tools and middleware do with the answer");
  });

  it("shows long values from their first difference", () => {
    const long = Array.from({ length: 100 }, (_, i) => i);
    expect(() => equal("numbers", [...long, 1], [...long, 2])).toThrow(
      "numbers, from 95 on: expected [ 95, 96, 97, 98, 99, 2 ], got [ 95, 96, 97, 98, 99, 1 ]",
    );
  });

  it.each([
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    [Buffer.from("a"), Uint8Array.of(97), true],
    [Uint8Array.of(97), [97], false],
    [new Date(1), new Date(1), true],
    [new Date(1), new Date(2), false],
    [[1, 2], [1, 2, 3], false],
    [{ a: [{ b: Number.NaN }] }, { a: [{ b: Number.NaN }] }, true],
    ["a", "A", false],
  ])("comes from a relevant difference: %p and %p", (a, b, same) => {
    const compare = () => equal("values", a, b);
    if (same) expect(compare).not.toThrow();
    else expect(compare).toThrow("values: expected");
  });
});

describe("a binding", () => {
  function define(more: Partial<ConformanceOptions>) {
    const tests = new Map<string, () => Promise<void>>();
    const printed: string[] = [];
    defineWith(
      { describe: (_, body) => body(), it: (name, run) => void tests.set(name, run) },
      { ...options(more), print: (text) => printed.push(text) },
    );
    return { tests, printed };
  }

  it("registers one test per case, and one that prints the cases not tried", async () => {
    const { tests, printed } = define({ cases: [passing, failing, needing] });
    expect([...tests.keys()]).toEqual([
      "family/passing",
      "family/failing",
      "family/needing",
      "says what was not tried",
    ]);
    await tests.get("family/passing")!();
    await expect(tests.get("family/failing")!()).rejects.toThrow("What is written is there");
    await tests.get("family/needing")!();
    await tests.get("says what was not tried")!();
    expect(printed).toEqual([
      "memory: 1 passed, 1 failed, 1 not promised\n  ownRoot not promised: family/needing",
    ]);
  });

  it("fails when no case was tried", async () => {
    const { tests } = define({ cases: [needing] });
    for (const [name, run] of tests) {
      if (name === "says what was not tried")
        await expect(run()).rejects.toThrow("No conformance case was tried");
      else await run();
    }
  });

  it("to jest refuses invalid options at registration", () => {
    expect(() => defineBackendTests(options({ only: ["nothing"] }))).toThrow(
      "There is no conformance case nothing",
    );
  });
});
