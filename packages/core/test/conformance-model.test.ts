import { describe, expect, it } from "@jest/globals";
import { RemoteBackend } from "../src/backend/remote-backend.js";
import { allCases, type ConformanceOptions, runCase, runConformance } from "../src/conformance/index.js";
import type { BackendProtocolV2 } from "../src/protocol/protocol.js";
import { MemoryFileStore } from "../src/store/memory-file-store.js";

const plain = allCases.find(({ id }) => id === "model/text/plain")!;

type Methods = Partial<Record<keyof BackendProtocolV2, unknown>>;

interface Watched {
  readonly calls: string[];
  readonly options: ConformanceOptions;
}

/** A backend with some methods replaced, or taken away by `undefined`; `calls` gets each call in words. */
function watched(methods: (backend: RemoteBackend) => Methods = () => ({}), options = {}): Watched {
  const calls: string[] = [];
  const create = () => {
    const backend = new RemoteBackend(new MemoryFileStore(), options);
    const replaced = methods(backend);
    return new Proxy(backend, {
      get(target, key) {
        const method = key in replaced ? replaced[key as "ls"] : Reflect.get(target, key, target);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          calls.push(`${String(key)}(${JSON.stringify(args)})`);
          return method.apply(target, args);
        };
      },
    });
  };
  return { calls, options: { name: "memory", create, capabilities: { ownRoot: true } } };
}

const runPlain = async (subject: Watched, model?: ConformanceOptions["model"]) => {
  subject.calls.length = 0;
  const result = await runCase(plain, { ...subject.options, ...(model && { model }) });
  return { ...result, calls: [...subject.calls] };
};

const runsOf = (calls: readonly string[]) => new Set(calls.flatMap((call) => /"\/\d+/.exec(call) ?? [])).size;

describe("random sequences", () => {
  it("are the same in each run, and different with another seed", async () => {
    const subject = watched();
    const [first, second, other] = [
      await runPlain(subject),
      await runPlain(subject),
      await runPlain(subject, { seed: 2 }),
    ];
    expect(first).toMatchObject({ status: "passed" });
    expect(second.calls).toEqual(first.calls);
    expect(other.calls).not.toEqual(first.calls);
  });

  it("are twenty of up to 25 calls, or as many as configured", async () => {
    const subject = watched();
    expect(runsOf((await runPlain(subject)).calls)).toBe(20);
    const { calls } = await runPlain(subject, { runs: 3, steps: 100 });
    expect(runsOf(calls)).toBe(3);
    expect(calls.length).toBeGreaterThan(3 * 80);
  });

  // A rename of the tool's new text, as `String.replace` does it.
  const forgetful = () =>
    watched((backend) => ({
      edit: async (path: string, from: string, to: string, all?: boolean) =>
        all ? backend.edit(path, from, to.replace("xx", ""), all) : backend.edit(path, from, to),
    }));

  it("that fail are reported in shrunk form, with the expectation and the options to repeat them", async () => {
    const { status, reason = "" } = await runPlain(forgetful());
    expect(status).toBe("failed");
    const calls = reason.split("\n").filter((line) => line.includes(" -> "));
    expect(calls.map((call) => /(\w+)\(/.exec(call)?.[1])).toEqual([
      expect.stringMatching(/^(write|uploadFiles)$/),
      "edit",
      "readRaw",
    ]);
    expect(reason).toMatch(/expected {2}\{ content: '.*xx.*' \}\n {2}got {7}\{ content: /);
    expect(reason).toMatch(/the option `model: \{ seed: 1, path: "[\d:]+", steps: 25 \}` repeats/);
  });

  it("that failed can be repeated by their path", async () => {
    const { reason = "", calls } = await runPlain(forgetful());
    expect(runsOf(calls)).toBeGreaterThan(10);
    const path = /path: "([\d:]+)"/.exec(reason)?.[1] ?? "";
    const again = await runPlain(forgetful(), { seed: 1, path });
    const withoutDirectory = (text: string) =>
      text.replace(/"\/\d+/g, '"/').replace(/modified_at: '.*?'|created_at: '.*?'/g, "");
    expect(withoutDirectory(again.reason!)).toContain(
      withoutDirectory(reason).split("after random calls")[0]!,
    );
    expect(again.calls.length).toBeLessThan(20);
  });

  it("send no more requests after the time limit of the case", async () => {
    const never = new Promise<never>(() => {});
    const subject = watched(() => ({ write: () => never }));
    const { reason, calls } = await runPlain({ ...subject, options: { ...subject.options, timeoutMs: 100 } });
    expect(reason).toContain("an end within");
    expect(calls.at(-1)).toMatch(/^write/);
  });
});

describe("the model supports backends without", () => {
  const reversed = async <T extends { files?: unknown[]; matches?: unknown[] }>(
    answer: Promise<T>,
  ): Promise<T> => {
    const { files, matches, ...rest } = await answer;
    return {
      ...rest,
      ...(files && { files: files.reverse() }),
      ...(matches && { matches: matches.reverse() }),
    } as T;
  };
  const lacks: [string, Methods | ((backend: RemoteBackend) => Methods), object, object][] = [
    ["delete", { delete: undefined }, {}, {}],
    ["transfer", { uploadFiles: undefined, downloadFiles: undefined }, {}, {}],
    ["createOnly", {}, {}, { writeMode: "overwrite" }],
    [
      "exactText",
      (backend) => ({
        write: (path: string, content: string) =>
          backend.write(path, content.replace(/\r\n?/g, "\n").replace(/\n?$/, "\n")),
      }),
      { exactText: false },
      {},
    ],
    [
      "ordered",
      (backend) => ({
        ls: (path: string) => reversed(backend.ls(path)),
        glob: (pattern: string, path?: string) => reversed(backend.glob(pattern, path)),
        grep: (...args: [string, string?, string?, number?]) => reversed(backend.grep(...args)),
      }),
      { ordered: false },
      {},
    ],
    [
      "exactSizes",
      (backend) => ({
        ls: async (path: string) => {
          const { files = [] } = await backend.ls(path);
          return { files: files.map((file) => ({ ...file, size: 7 })) };
        },
      }),
      { exactSizes: false },
      {},
    ],
  ];

  it.each(lacks)("%s", async (_, methods, capabilities, options) => {
    const { options: made } = watched(typeof methods === "function" ? methods : () => methods, options);
    const report = await runConformance({
      ...made,
      capabilities: { ...made.capabilities, ...capabilities },
      only: ["model/"],
    });
    expect(report.failed.map(({ reason }) => reason)).toEqual([]);
    expect(report.passed.map((result) => result.case.id)).toContain("model/text/plain");
  });
});
