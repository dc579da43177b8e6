import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { lossy, utf8 } from "./fixtures.js";

/** Fails unless the file at a real path has this text. */
async function holdsAt(t: CaseContext, path: string, content: string): Promise<void> {
  equal(`content of ${path}`, (await t.backend.readRaw(path)).data?.content, content);
}

/** Tests deepagents' own areas: `/large_tool_results` and `/conversation_history`. */
export const agentAreaCases: readonly ConformanceCase[] = [
  {
    id: "agent-areas/tool-results/written-again",
    rule: "A tool result is written again under its call id when a step is repeated: a refusal would lose the result.",
    source: "tools",
    async run(t) {
      const path = t.inArea("large_tool_results", "call_0.txt");
      succeeds("first", await t.backend.write(path, "first result"));
      succeeds("same again", await t.backend.write(path, "first result"));
      succeeds("another", await t.backend.write(path, "second result"));
      await holdsAt(t, path, "second result");
    },
  },
  {
    id: "agent-areas/tool-results/odd-ids",
    rule: "Call ids of every provider yield a file name, whatever characters they contain.",
    source: "tools",
    async run(t) {
      for (const id of [
        "functions_search:0",
        "call|fc_1",
        "a b",
        "%41",
        "*[?]",
        "~",
        "x".repeat(128),
        "日本",
      ]) {
        const path = t.inArea("large_tool_results", `${id}.txt`);
        succeeds(`write of ${path}`, await t.backend.write(path, `result of ${id}\n`));
        equal(`read of ${path}`, (await t.backend.read(path)).content, `result of ${id}\n`);
      }
    },
  },
  {
    id: "agent-areas/tool-results/any-content",
    rule: "Tool output is stored unchecked: NUL, half a surrogate pair and a byte order mark must not lose it.",
    source: "tools",
    async run(t) {
      const path = t.inArea("large_tool_results", "call_1.txt");
      const text = "\ufeffa\0b\ud83d\u2028\r\n";
      succeeds("write", await t.backend.write(path, text));
      const { content, mimeType = "text/plain" } = await t.backend.read(path);
      equal("type", mimeType, "text/plain");
      check(
        lossy(text).some((one) => one === content),
        "content",
        "the text, or with U+FFFD for halves",
        content,
      );
    },
  },
  {
    id: "agent-areas/tool-results/of-many-at-once",
    rule: "Tool results written concurrently to one id leave one of them, whole.",
    source: "tools",
    needs: "atomic",
    async run(t) {
      const path = t.inArea("large_tool_results", "call_2.txt");
      const contents = Array.from({ length: 10 }, (_, i) => `result ${i}\n`.repeat(200));
      const answers = await Promise.all(contents.map((content) => t.backend.write(path, content)));
      equal(
        "errors",
        answers.map(({ error }) => error),
        contents.map(() => undefined),
      );
      const stored = String((await t.backend.readRaw(path)).data?.content);
      equal("is one of them", contents.includes(stored), true);
    },
  },
  {
    id: "agent-areas/tool-results/searched",
    rule: "Tool results are found by a search of their directory, as the tool's description says.",
    source: "tools",
    async run(t) {
      const path = t.inArea("large_tool_results", "call_3.txt");
      await t.backend.write(path, "one\nneedle\n");
      const { matches } = await t.backend.grep("needle", "/large_tool_results/");
      equal(
        "match",
        matches?.flatMap((match) => (match.path === path ? [[match.line, match.text]] : [])),
        [[2, "needle"]],
      );
    },
  },
  {
    id: "agent-areas/history/same-content-again",
    rule: "A history written again with the same content succeeds: a repeated step writes it again.",
    source: "ours",
    needs: "idempotentWrites",
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      succeeds("first", await t.backend.write(path, "## one\n"));
      succeeds("same again", await t.backend.write(path, "## one\n"));
      await holdsAt(t, path, "## one\n");
    },
  },
  {
    id: "agent-areas/history/other-content-refused",
    rule: "A write never replaces a history that its content does not begin with, in any mode: after a failed download deepagents would put one section in its place.",
    source: "ours",
    needs: "keepsConversationHistory",
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      succeeds("first", await t.backend.write(path, "## one\n\n## two\n"));
      refuses("another", await t.backend.write(path, "## three\n"));
      await holdsAt(t, path, "## one\n\n## two\n");
    },
  },
  {
    id: "agent-areas/history/grown-by-a-write",
    rule: "A write whose content begins with the history replaces it: nothing is lost.",
    source: "ours",
    needs: "keepsConversationHistory",
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      succeeds("first", await t.backend.write(path, "## one\n"));
      succeeds("longer", await t.backend.write(path, "## one\n\n## two\n"));
      await holdsAt(t, path, "## one\n\n## two\n");
      refuses("shorter", await t.backend.write(path, "## one\n"));
      await holdsAt(t, path, "## one\n\n## two\n");
    },
  },
  {
    id: "agent-areas/history/of-many-at-once",
    rule: "None of many sections written concurrently to one history erases another.",
    source: "ours",
    needs: ["keepsConversationHistory", "atomic"],
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      await t.backend.write(path, "## start\n");
      const contents = Array.from({ length: 10 }, (_, i) => `## start\n## section ${i}\n`);
      const answers = await Promise.all(contents.map((content) => t.backend.write(path, content)));
      equal("successes", answers.filter(({ error }) => error === undefined).length, 1);
      await holdsAt(t, path, contents[answers.findIndex(({ error }) => error === undefined)]!);
    },
  },
  {
    id: "agent-areas/history/appended",
    rule: "A history grows by download and upload.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      await t.backend.write(path, "## one\n");
      const [{ content: existing } = { content: null }] = await t.backend.downloadFiles([path]);
      const combined = Uint8Array.from([...(existing ?? []), ...utf8("## two\n")]);
      equal(
        "upload",
        (await t.backend.uploadFiles([[path, combined]])).map(({ error }) => error),
        [null],
      );
      await holdsAt(t, path, "## one\n## two\n");
    },
  },
  {
    id: "agent-areas/history/uploads-only-append",
    rule: "An upload never replaces a history that its bytes do not begin with, and the rest of the batch is stored; the same bytes again succeed.",
    source: "ours",
    needs: ["keepsConversationHistory", "transfer"],
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      const other = t.inArea("conversation_history", "other.md");
      const plain = t.at("/plain.txt");
      await t.backend.write(path, "## one\n");
      await t.backend.write(plain, "old");
      const batch = (history: string) =>
        t.backend.uploadFiles([
          [plain, utf8(history)],
          [path, utf8(history)],
          [other, utf8("## other\n")],
        ]);
      const [replaced, refused, created] = await batch("## two\n");
      equal("others", [replaced?.error, created?.error], [null, null]);
      equal("history", refused?.error, "permission_denied");
      await holdsAt(t, plain, "## two\n");
      await holdsAt(t, path, "## one\n");
      await holdsAt(t, other, "## other\n");
      for (const again of await batch("## one\n")) equal(`same bytes for ${again.path}`, again.error, null);
      await holdsAt(t, path, "## one\n");
    },
  },
  {
    id: "agent-areas/history/uploads-at-once",
    rule: "One of many concurrent uploads that append to one history succeeds: none erases another's section.",
    source: "ours",
    needs: ["keepsConversationHistory", "transfer", "atomic"],
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      await t.backend.write(path, "## start\n");
      const contents = Array.from({ length: 10 }, (_, i) => `## start\n## section ${i}\n`);
      const answers = await Promise.all(
        contents.map(async (content) => (await t.backend.uploadFiles([[path, utf8(content)]]))[0]),
      );
      equal("successes", answers.filter((answer) => answer?.error === null).length, 1);
      await holdsAt(t, path, contents[answers.findIndex((answer) => answer?.error === null)]!);
    },
  },
  {
    id: "agent-areas/history/long-message-without-extension",
    rule: "A long message is kept in a file without an extension and read back as text.",
    source: "tools",
    async run(t) {
      const path = t.inArea("conversation_history", "0123456789ab");
      succeeds("write", await t.backend.write(path, "a\0long message\n"));
      const { content, mimeType = "text/plain" } = await t.backend.read(path);
      equal("read", [content, mimeType], ["a\0long message\n", "text/plain"]);
    },
  },
  {
    id: "agent-areas/history/nul-survives-an-append",
    rule: "A history with a NUL in it is text after an append too.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      const path = t.inArea("conversation_history", "nul.md");
      await t.backend.write(path, "a\0b\n");
      const [answer] = await t.backend.downloadFiles([path]);
      await t.backend.uploadFiles([[path, Uint8Array.from([...(answer?.content ?? []), ...utf8("c\n")])]]);
      await holdsAt(t, path, "a\0b\nc\n");
    },
  },
  {
    id: "agent-areas/elsewhere/is-ordinary",
    rule: "Only the areas themselves are special: paths that merely look like them are create-only like any other.",
    source: "ours",
    needs: ["createOnly", "ownRoot"],
    async run(t) {
      for (const path of [
        "/large_tool_results_old/a.txt",
        "/x/large_tool_results/a.txt",
        "/large_tool_results.txt",
      ]) {
        await t.write(path, "first");
        refuses(`second write of ${path}`, await t.backend.write(path, "second"));
        await t.holds(path, "first");
      }
    },
  },
  {
    id: "agent-areas/elsewhere/spelling-does-not-matter",
    rule: "An area is the same however it is spelled.",
    source: "ours",
    needs: ["createOnly", "spelling"],
    async run(t) {
      const path = t.inArea("large_tool_results", "call_4.txt");
      succeeds("first", await t.backend.write(path, "first"));
      succeeds("second", await t.backend.write(`/${path}`, "second"));
      await holdsAt(t, path, "second");
    },
  },
];
