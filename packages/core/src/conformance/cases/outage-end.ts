import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { utf8 } from "./fixtures.js";
import { worksAgain } from "./service.js";

const needs = "outage";

/** Tests the recovery after an outage. */
export const outageEndCases: readonly ConformanceCase[] = [
  {
    id: "outage/end/works-again",
    rule: "When the service is back the same instance works again, with every method.",
    source: "ours",
    needs,
    async run(t) {
      const files = ["/d/a.txt", "/d/b.txt"];
      await t.fill(files, "needle\n");
      const end = await t.outage();
      // A read that fails, so that connections are known to be dead.
      refuses("read", await t.backend.read(t.at("/d/a.txt")));
      await end();
      await worksAgain(t, "read", () => t.backend.read(t.at("/d/a.txt")));
      await t.holds("/d/a.txt", "needle\n");
      equal("files", (await t.glob("**")).sort(), files);
      equal("files of ls", (await t.ls("/d")).sort(), files);
      equal("found", (await t.found("needle")).sort(), files);
      await t.edit("/d/a.txt", "needle", "found");
      await t.write("/d/new.txt", "new\n");
      if (t.capabilities.transfer) {
        await t.upload(["/d/up.txt", utf8("up\n")]);
        equal("bytes", await t.bytes("/d/a.txt"), utf8("found\n"));
      }
      if (t.capabilities.delete) equal("delete", (await t.backend.delete(t.at("/d"))).error, undefined);
    },
  },
  {
    id: "outage/end/nothing-half-written",
    rule: "A file that was being written when the outage began has its old or its new content, whole, and successful writes are kept.",
    source: "ours",
    needs,
    async run(t) {
      const text = (word: string) => `${word}\n`.repeat(2_000);
      const names = Array.from({ length: 6 }, (_, i) => `${i}.txt`);
      for (const name of names) await t.write(`/edit/${name}`, text("old"));
      const changes = names.flatMap((name) => [
        change(t, `/edit/${name}`, text("old"), text("new"), (path) =>
          t.backend.edit(path, "old", "new", true),
        ),
        change(t, `/write/${name}`, undefined, text("new"), (path) => t.backend.write(path, text("new"))),
        ...(t.capabilities.transfer
          ? [change(t, `/upload/${name}`, undefined, text("new"), (path) => upload(t, path, text("new")))]
          : []),
      ]);
      const answered = Promise.all(changes.map(({ answer }) => answer));
      // Awaited below, after the outage has begun.
      answered.catch(() => {});
      const end = await t.outage();
      const answers = await answered;
      await end();
      await worksAgain(t, "read", () => t.backend.read(t.at(`/edit/${names[0]}`)));
      for (const [i, { path, before, after }] of changes.entries()) {
        const { data } = await t.backend.readRaw(t.at(path));
        const succeeded = answers[i]?.error == null;
        const possible = succeeded ? [after] : [before, after];
        const words = succeeded ? "the new one, since the change succeeded" : "the old or the new one, whole";
        check(
          possible.some((content) => content === data?.content),
          `content of ${path}`,
          words,
          data?.content,
        );
      }
    },
  },
];

/** Change in flight. */
interface Change {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
  readonly answer: Promise<{ readonly error?: unknown }>;
}

const change = (
  t: CaseContext,
  path: string,
  before: string | undefined,
  after: string,
  make: (path: string) => Promise<{ error?: unknown }>,
): Change => ({ path, before, after, answer: make(t.at(path)) });

async function upload(t: CaseContext, path: string, content: string): Promise<{ error?: unknown }> {
  const [answer] = await t.backend.uploadFiles([[path, utf8(content)]]);
  return answer ?? { error: "no answer" };
}
