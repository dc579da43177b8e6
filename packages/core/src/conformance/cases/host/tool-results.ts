import { equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { needsRoom, utf8 } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, pathIn, tells } from "./calls.js";
import type { ToolCall, Turn } from "./scripted-model.js";

/** Returns more than the 80,000 characters that deepagents leaves in the conversation. */
const lines = (of: string): string[] => Array.from({ length: 8_000 }, (_, i) => `${of}: line ${i + 1}`);

const report = (id: string): ToolCall => ({ tool: "report", args: {}, id });

const pathOf = (answer: string | undefined): string => pathIn("large_tool_results", answer);

/** Runs an agent with a tool that returns one large result after the other. */
async function reporting(t: CaseContext, results: readonly string[], turns: readonly Turn[]) {
  const host = await hostOf(t);
  let next = 0;
  const tool = await host.tool("report", () => results[next++]!);
  return host.run(turns, { tools: [tool] });
}

const holds = async (t: CaseContext, path: string, content: string): Promise<void> =>
  equal(`content of ${path}`, (await t.backend.readRaw(path)).data?.content, content);

/** Tests tool results that are too large for the conversation, which deepagents saves by call id. */
export const toolResultCases: readonly ConformanceCase[] = [
  {
    id: "host/tool-results/saved-whole",
    rule: "A large result is stored unchanged, and the model learns its path.",
    source: "tools",
    async run(t) {
      const result = lines("result").join("\n");
      const { answers } = await reporting(t, [result], [[report(`${t.name}-call`)]]);
      await holds(t, pathOf(answers[0]?.[0]), result);
    },
  },
  {
    id: "host/tool-results/read-in-pages",
    rule: "The model reads a large result page by page, to its end.",
    source: "tools",
    async run(t) {
      const all = lines("result");
      const { answers } = await reporting(
        t,
        [all.join("\n")],
        [
          [report(`${t.name}-call`)],
          ([answer]) => {
            const path = pathOf(answer);
            return [0, 4_000, 7_900].map((offset) => call.read(path, { offset, limit: 100 }));
          },
        ],
      );
      for (const [i, offset] of [0, 4_000, 7_900].entries()) {
        tells(
          `page at ${offset}`,
          `${answers[1]?.[i]}\n`,
          ...all.slice(offset, offset + 100).map((l) => `${l}\n`),
        );
      }
    },
  },
  {
    id: "host/tool-results/searched",
    rule: "The model finds a line of a large result by a search of the directory, as the tool's description says.",
    source: "tools",
    async run(t) {
      const needle = `needle of ${t.name}`;
      const { answers } = await reporting(
        t,
        [[...lines("result"), needle].join("\n")],
        [[report(`${t.name}-call`)], [call.grep(needle, "/large_tool_results/")]],
      );
      tells("grep", answers[1]?.[0], pathOf(answers[0]?.[0]), "8001", needle);
    },
  },
  {
    id: "host/tool-results/step-repeated",
    rule: "A step that is repeated, with the same call id and result, does not lose the result.",
    source: "tools",
    async run(t) {
      const result = lines("result").join("\n");
      const id = `${t.name}-call`;
      const { answers } = await reporting(t, [result, result], [[report(id)], [report(id)]]);
      await holds(t, pathOf(answers[1]?.[0]), result);
    },
  },
  {
    id: "host/tool-results/id-used-again",
    rule: "Where a provider's call ids start again, the model still gets the result of its latest call.",
    source: "tools",
    async run(t) {
      const [first, second] = [lines("first").join("\n"), lines("second").join("\n")];
      const id = `${t.name}-call`;
      const { answers } = await reporting(
        t,
        [first, second],
        [[report(id)], [report(id)], ([answer]) => [call.read(pathOf(answer))]],
      );
      tells("read_file", answers[2]?.[0], "second: line 1\n", "second: line 100");
      await holds(t, pathOf(answers[1]?.[0]), second);
    },
  },
  {
    id: "host/tool-results/any-call-id",
    rule: "The call ids of every provider make a path under which the result is kept.",
    source: "tools",
    async run(t) {
      const ids = ["functions.search:0", "call|fc_1", "a b", "%41", "[x]", "日本", "x".repeat(100)];
      const calls = ids.map((id) => `${t.name}-${id}`);
      needsRoom(t, "maxPathBytes", Math.max(...calls.map((id) => utf8(`large_tool_results/${id}`).length)));
      const results = ids.map((_, i) => lines(`result ${i}`).join("\n"));
      needsRoom(t, "maxFileBytes", utf8(results[0]!).length);
      const { answers } = await reporting(t, results, [calls.map(report)]);
      const stored = [];
      for (const [i] of ids.entries()) {
        const path = pathOf(answers[0]?.[i]);
        stored.push((await t.backend.readRaw(path)).data?.content);
      }
      equal("results", stored, results);
    },
  },
  {
    id: "host/tool-results/any-content",
    rule: "A large result with NUL, half a surrogate pair and a byte order mark is kept, and can be read.",
    source: "tools",
    async run(t) {
      const odd = "\ufeffa\0b \ud83d \u2028 c\r";
      const { answers } = await reporting(
        t,
        [[odd, ...lines("result")].join("\n")],
        [[report(`${t.name}-call`)], ([answer]) => [call.read(pathOf(answer), { limit: 2 })]],
      );
      tells("read_file", answers[1]?.[0], "\ufeffa\0b ", " \u2028 c\r\n", "result: line 1");
    },
  },
];
