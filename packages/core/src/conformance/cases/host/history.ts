import { equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { numbered } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, pathIn, tells } from "./calls.js";
import { SUMMARIZE } from "./scripted-model.js";

/** Tests content that deepagents moves out of a conversation into files. */
export const historyCases: readonly ConformanceCase[] = [
  {
    id: "host/history/appended",
    rule: "When a conversation is summarized again its history grows: earlier sections are kept.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      const host = await hostOf(t);
      const facts = ["one", "two", "three", "four", "five", "six"];
      await t.write("/facts.txt", facts.join("\n"));
      const summarization = host.deepagents.createSummarizationMiddleware({
        backend: host.backend,
        trigger: { type: "messages", value: 5 },
        keep: { type: "messages", value: 2 },
        summaryPrompt: `${SUMMARIZE}{conversation}`,
      });
      const { prompts } = await host.run(
        facts.map((_, offset) => [call.read(t.at("/facts.txt"), { offset, limit: 1 })]),
        { middleware: [summarization] },
      );
      const paths = prompts.flat().flatMap(({ text }) => /\/conversation_history\/\S+\.md/.exec(text) ?? []);
      equal("histories", new Set(paths).size, 1);
      const history = String((await t.backend.readRaw(paths[0]!)).data?.content);
      tells("the history", history, "## Summarized at", "one", "## Summarized at", "two", "three");
    },
  },
  {
    id: "host/history/long-message",
    rule: "A long message of the user is kept whole, in a file without an extension that the model reads as text.",
    source: "tools",
    async run(t) {
      const host = await hostOf(t);
      const message = numbered(20_000); // deepagents leaves 200,000 characters in the conversation
      const path = (shown: string) => pathIn("conversation_history", shown);
      const { task, answers } = await host.run(
        [(_, shown) => [call.read(path(shown), { offset: 10_000, limit: 2 })]],
        { task: message },
      );
      equal("message", (await t.backend.readRaw(path(task))).data?.content, message);
      tells("read_file", answers[0]?.[0], "line 10001\n", "line 10002");
    },
  },
];
