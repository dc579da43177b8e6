import { check, equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { numbered, PNG, PNG_BASE64 } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, needsTool, tells } from "./calls.js";

/** Tests the answers of the file tools to successful calls. */
export const toolCases: readonly ConformanceCase[] = [
  {
    id: "host/tools/written-edited-and-read",
    rule: "A model reads what it wrote and edited, and no tool reports an error.",
    source: "tools",
    async run(t) {
      const path = t.at("/notes.md");
      const { answers } = await (await hostOf(t)).run([
        [call.write(path, "one\ntwo\nthree\n")],
        [call.edit(path, "two", "zwei")],
        [call.read(path)],
      ]);
      tells("write_file", answers[0]?.[0], path);
      tells("edit_file", answers[1]?.[0], " 1 ", path);
      tells("read_file", answers[2]?.[0], "one", "zwei", "three");
      await t.holds("/notes.md", "one\nzwei\nthree\n");
    },
  },
  {
    id: "host/tools/listed-and-found",
    rule: "The model is shown the files of a directory, and finds them by name and by content, with paths that it can use.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/a.ts", "/d/e/b.ts", "/d/c.md"], "needle\n");
      const { answers } = await (await hostOf(t)).run([
        [call.ls(t.at("/d")), call.glob("**/*.ts", t.at("/")), call.grep("needle", t.at("/d/e"))],
      ]);
      const [ls, glob, grep] = answers[0] ?? [];
      for (const shown of ["/d/a.ts", "/d/c.md", "/d/e/ (directory)"]) tells("ls", ls, t.at(shown));
      for (const found of ["/d/a.ts", "/d/e/b.ts"]) tells("glob", glob, t.at(found));
      check(glob?.includes(".md") === false, "glob of **/*.ts", "no other files", glob);
      tells("grep", grep, t.at("/d/e/b.ts"), "1", "needle");
      check(grep?.includes(t.at("/d/a.ts")) === false, "grep below /d/e", "no other files", grep);
    },
  },
  {
    id: "host/tools/nothing-found",
    rule: "An empty result is reported to the model as such, not as a failure.",
    source: "tools",
    async run(t) {
      await t.fill(["/a.txt"], "hay\n");
      const { answers } = await (await hostOf(t)).run([
        [call.ls(t.at("/missing")), call.glob("*.ts", t.at("/")), call.grep("needle", t.at("/"))],
      ]);
      for (const [i, tool] of ["ls", "glob", "grep"].entries())
        tells(tool, answers[0]?.[i], "No ", " found ");
    },
  },
  {
    id: "host/tools/read-in-pages",
    rule: "The model is shown a file page by page, and each line once.",
    source: "tools",
    async run(t) {
      const path = t.at("/long.txt");
      await t.write("/long.txt", numbered(250));
      const { answers } = await (await hostOf(t)).run([
        [call.read(path), call.read(path, { offset: 100 }), call.read(path, { offset: 200, limit: 100 })],
      ]);
      for (const [i, [first, last]] of [
        [1, 100] as const,
        [101, 200] as const,
        [201, 250] as const,
      ].entries()) {
        const page = answers[0]?.[i];
        const lines = Array.from({ length: last - first + 1 }, (_, n) => `line ${first + n}\n`);
        tells(`page ${i + 1}`, `${page}\n`, ...lines);
        for (const line of [`line ${first - 1}\n`, `line ${last + 1}\n`]) {
          check(page?.includes(line) === false, `page ${i + 1}`, `no ${JSON.stringify(line)}`, page);
        }
      }
    },
  },
  {
    id: "host/tools/empty-file",
    rule: "An empty file is reported as empty, not shown as a line that does not exist.",
    source: "tools",
    async run(t) {
      const { answers } = await (await hostOf(t)).run([
        [call.write(t.at("/empty.txt"), "")],
        [call.read(t.at("/empty.txt"))],
      ]);
      tells("write_file", answers[0]?.[0], t.at("/empty.txt"));
      tells("read_file", answers[1]?.[0], "System reminder: File exists but has empty contents");
      check(!answers[1]?.[0]?.includes("@@"), "read_file", "no line numbers", answers[1]?.[0]);
    },
  },
  {
    id: "host/tools/picture",
    rule: "An image reaches the model as an image, byte for byte: anything else stays in the conversation forever.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      await t.upload(["/pixel.png", PNG]);
      const { prompts } = await (await hostOf(t)).run([[call.read(t.at("/pixel.png"))]]);
      const [block] = [prompts.at(-1)?.at(-1)?.content ?? []].flat() as { type?: string; data?: unknown }[];
      equal("block", [block?.type, block?.data], ["image", PNG_BASE64]);
    },
  },
  {
    id: "host/tools/deleted",
    rule: "A file that the model deletes no longer exists, and a directory is deleted with all its contents.",
    source: "tools",
    needs: "delete",
    async run(t) {
      await t.fill(["/a.txt", "/d/b.txt", "/d/e/c.txt", "/d.txt"]);
      const { answers, tools } = await (await hostOf(t)).run([
        [call.delete(t.at("/a.txt"))],
        [call.delete(t.at("/d"))],
        [call.glob("**", t.at("/"))],
      ]);
      needsTool("delete", tools);
      tells("delete of a file", answers[0]?.[0], t.at("/a.txt"));
      tells("delete of a directory", answers[1]?.[0], t.at("/d"));
      equal("files", answers[2]?.[0], t.at("/d.txt"));
    },
  },
  {
    id: "host/tools/no-delete",
    rule: "Without a method `delete` the model is not offered the tool.",
    source: "tools",
    unless: "delete",
    async run(t) {
      const { tools } = await (await hostOf(t)).run([]);
      check(tools.has("read_file") && !tools.has("delete"), "tools", "all but `delete`", [...tools]);
    },
  },
];
