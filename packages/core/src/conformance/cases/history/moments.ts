import type { PointInTime } from "../../../store/file-history.js";
import { check, equal, refuses, succeeds } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { PNG, utf8 } from "../fixtures.js";
import { CaseHistory } from "./case-history.js";

const FUTURE = new Date(Date.UTC(2200, 0));

/**
 * Makes a workspace, remembers the moment, and changes everything in it.
 * @returns the moment, the time of the last change before it, and the history.
 */
async function changedWorkspace(t: CaseContext) {
  const history = new CaseHistory(t);
  await t.fill(["/d/deleted.txt", "/d/same.txt", "/gone/a.txt"], "needle\n");
  await t.write("/d/changed.txt", "old needle\n");
  const { version, time } = await history.moment();
  await t.edit("/d/changed.txt", "old", "new");
  await t.backend.delete(t.at("/d/deleted.txt"));
  await t.backend.delete(t.at("/gone"));
  await t.fill(["/d/later.txt", "/later/b.txt"], "needle\n");
  return { history, point: { version }, time };
}

/** The files of `changedWorkspace` as they were. */
const THEN = ["/d/changed.txt", "/d/deleted.txt", "/d/same.txt", "/gone/a.txt"];

/** Fails unless the workspace is as it was. */
async function isAsItWas(t: CaseContext): Promise<void> {
  equal("files", (await t.glob("**/*.txt")).filter((path) => !path.includes("/.")).sort(), THEN);
  await t.holds("/d/changed.txt", "old needle\n");
  for (const path of THEN.slice(1)) await t.holds(path, "needle\n");
}

/** Fails unless every method of a view of the past reports an error that is none of a missing file. */
async function isUnknown(t: CaseContext, point: PointInTime): Promise<void> {
  const past = new CaseHistory(t).at(point);
  const path = t.at("/a.txt");
  const answers = {
    ls: await past.ls(t.at("") || "/"),
    read: await past.read(path),
    readRaw: await past.readRaw(path),
    grep: await past.grep("x", t.at("") || "/"),
    glob: await past.glob("**", t.at("") || "/"),
    download: (await past.downloadFiles([path]))[0]!,
    rewind: await t.backend.rewind(point, { path: t.at("") || "/" }),
  };
  for (const [method, answer] of Object.entries(answers)) {
    const error = refuses(`${method} at ${JSON.stringify(point)}`, answer);
    check(!/not found|file_not_found/.test(error), method, "an error that does not mean absence", answer);
  }
  await t.holds("/a.txt", "x\n");
}

/** Tests `at` and `rewind`. */
export const momentCases: readonly ConformanceCase[] = [
  {
    id: "history/at/reads",
    rule: "`at` shows the files as they were to every method that reads, deleted ones included and later ones not.",
    source: "ours",
    needs: ["history", "delete", "transfer", "times"],
    async run(t) {
      const { history, point } = await changedWorkspace(t);
      const past = history.at(point);
      const below = (files: readonly { path: string }[] | undefined) =>
        (files ?? []).map(({ path }) => t.below(path)).filter((path) => !path.includes("/."));
      equal("ls", below((await past.ls(t.at("/d"))).files), THEN.slice(0, 3));
      equal("ls of the root", below((await past.ls(t.at("") || "/")).files), ["/d/", "/gone/"]);
      equal("ls of a later directory", (await past.ls(t.at("/later"))).files, []);
      equal("glob", below((await past.glob("**/*.txt", t.at("") || "/")).files), THEN);
      equal("read", (await past.read(t.at("/d/changed.txt"))).content, "old needle\n");
      equal("readRaw", (await past.readRaw(t.at("/gone/a.txt"))).data?.content, "needle\n");
      const { matches = [] } = await past.grep("needle", t.at("") || "/");
      equal(
        "grep",
        matches.map(({ path, text }) => `${t.below(path)} ${text}`),
        ["/d/changed.txt old needle", ...THEN.slice(1).map((path) => `${path} needle`)],
      );
      const downloads = await past.downloadFiles(["/gone/a.txt", "/d/later.txt"].map((path) => t.at(path)));
      equal(
        "downloads",
        downloads.map(({ content, error }) => content ?? error),
        [utf8("needle\n"), "file_not_found"],
      );
      refuses("read of a later file", await past.read(t.at("/d/later.txt")), /not found/);
    },
  },
  {
    id: "history/at/read-only",
    rule: "The past cannot be changed: every method that would is refused, and the present stays as it is.",
    source: "ours",
    needs: ["history", "delete", "transfer"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/a.txt", "/d/b.txt"]);
      const past = history.at({ version: (await history.newest("/a.txt")).version });
      refuses("write", await past.write(t.at("/new.txt"), "x"));
      refuses("edit", await past.edit(t.at("/a.txt"), "x", "y"));
      refuses("delete", await past.delete(t.at("/a.txt")));
      const [upload] = await past.uploadFiles([[t.at("/a.txt"), PNG]]);
      check(upload?.error != null, "upload", "an error", upload);
      await t.holds("/a.txt", "x\n");
      await t.absent("/new.txt");
      equal("kinds", (await history.kinds("/a.txt")).length, 1);
    },
  },
  {
    id: "history/at/stays",
    rule: "A view of the past does not change with the present, and another instance sees the same.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "0");
      const point = { version: (await history.newest("/a.txt")).version };
      const views = [history.at(point), new CaseHistory(t, await t.open()).at(point)];
      for (let i = 0; i < 3; i++) {
        for (const past of views) equal("content", (await past.readRaw(t.at("/a.txt"))).data?.content, "0");
        await t.edit("/a.txt", String(i), String(i + 1));
      }
      await t.backend.delete(t.at("/a.txt"));
      for (const past of views) equal("content", (await past.readRaw(t.at("/a.txt"))).data?.content, "0");
    },
  },
  {
    id: "history/at/time",
    rule: "A time includes the change that has this very time, and none that is later; a time in the future is now.",
    source: "ours",
    needs: ["history", "delete", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const states: [Date, string | undefined][] = [];
      const remember = async (content: string | undefined) => {
        const { time } = await history.newest("/a.txt");
        states.push([new Date(time), content]);
        await history.isPast("/a.txt");
      };
      await t.write("/a.txt", "one");
      await remember("one");
      await t.edit("/a.txt", "one", "two");
      await remember("two");
      await t.backend.delete(t.at("/a.txt"));
      await remember(undefined);
      await t.write("/a.txt", "three");
      await remember("three");
      for (const [time, content] of [...states, [FUTURE, "three"] as const])
        equal(`content at ${time.toISOString()}`, await history.contentAt(time, "/a.txt"), content);
    },
  },
  {
    id: "history/at/unknown",
    rule: "A moment that is not in the history is an error of every method, never an empty workspace, and nothing is changed.",
    source: "ours",
    needs: ["history", "transfer"],
    async run(t) {
      await t.fill(["/a.txt"]);
      await isUnknown(t, { version: "unknown" });
      await isUnknown(t, { version: "9".repeat(30) });
      await isUnknown(t, { thread: "t", checkpoint: "unknown" });
      await isUnknown(t, new Date(0));
    },
  },
  {
    id: "history/rewind/workspace",
    rule: "`rewind` makes the workspace as it was: deleted files are back, later ones are gone, with one answer for each file that changed.",
    source: "ours",
    needs: ["history", "delete", "transfer", "times"],
    async run(t) {
      const { history, point } = await changedWorkspace(t);
      const unchanged = await history.versions("/d/same.txt");
      equal("answers", await history.rewind(point), [
        "/d/changed.txt restored",
        "/d/deleted.txt restored",
        "/d/later.txt deleted",
        "/gone/a.txt restored",
        "/later/b.txt deleted",
      ]);
      await isAsItWas(t);
      equal("versions of a file that did not change", await history.versions("/d/same.txt"), unchanged);
      equal("kinds", await history.kinds("/d/changed.txt"), ["restore", "edit", "create"]);
      equal(
        "answers of another one",
        (await history.rewind(point)).filter((answer) => !answer.endsWith(" unchanged")),
        [],
      );
    },
  },
  {
    id: "history/rewind/time",
    rule: "`rewind` to a time does the same.",
    source: "ours",
    needs: ["history", "delete", "transfer", "times"],
    async run(t) {
      const { history, time } = await changedWorkspace(t);
      await history.rewind(time);
      await isAsItWas(t);
    },
  },
  {
    id: "history/rewind/rewound",
    rule: "A rewind can be rewound: everything is there again, byte for byte.",
    source: "ours",
    needs: ["history", "delete", "transfer", "times", "byteFidelity"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.upload(["/a.png", PNG], ["/b.txt", utf8("one")], ["/c/d.txt", utf8("")]);
      const { version: then } = await history.moment();
      await t.upload(["/a.png", utf8("text")], ["/b.txt", Uint8Array.of(255)], ["/e.txt", utf8("two")]);
      await t.backend.delete(t.at("/c"));
      await t.upload(["/last.txt", utf8("x")]);
      const { version: now } = await history.moment();
      const present = {
        "/a.png": utf8("text"),
        "/b.txt": Uint8Array.of(255),
        "/e.txt": "two",
        "/last.txt": "x",
      };
      const past = { "/a.png": PNG, "/b.txt": "one", "/c/d.txt": "" };
      for (const [version, files] of [
        [then, past],
        [now, present],
      ] as const) {
        await history.rewind({ version });
        for (const [path, content] of Object.entries(files)) await t.holds(path, content);
        const paths = (await t.glob("**")).filter((path) => !path.includes("/."));
        equal("files", paths.sort(), Object.keys(files).sort());
      }
    },
  },
  {
    id: "history/rewind/path",
    rule: "`rewind` of a directory or of a file changes nothing else, also not what has a similar name.",
    source: "ours",
    needs: ["history", "transfer", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const paths = ["/d/a.txt", "/d/e/b.txt", "/d0.txt", "/d.txt", "/f.txt", "/f.txt2"];
      await t.fill(paths, "old");
      const { time: point } = await history.moment();
      await t.fill(paths, "new");
      const holds = async (rewound: readonly string[]) => {
        for (const path of paths) await t.holds(path, rewound.includes(path) ? "old" : "new");
      };
      equal("answers", await history.rewind(point, "/f.txt"), ["/f.txt restored"]);
      await holds(["/f.txt"]);
      equal("answers", await history.rewind(point, "/d"), ["/d/a.txt restored", "/d/e/b.txt restored"]);
      await holds(["/f.txt", "/d/a.txt", "/d/e/b.txt"]);
      equal("answers", await history.rewind(point, "/no"), []);
      equal("answers", await history.rewind(FUTURE), []);
      await holds(["/f.txt", "/d/a.txt", "/d/e/b.txt"]);
    },
  },
  {
    id: "history/rewind/path-conflict",
    rule: "`rewind` puts a file where a directory is now, and a directory where a file is.",
    source: "ours",
    needs: ["history", "delete", "transfer", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/a", "/b/c.txt", "/b/d/e.txt"], "old");
      const { time: point } = await history.moment();
      for (const path of ["/a", "/b"]) succeeds("delete", await t.backend.delete(t.at(path)));
      await t.fill(["/a/x.txt", "/a/y/z.txt", "/b"], "new");
      await history.rewind(point);
      for (const path of ["/a", "/b/c.txt", "/b/d/e.txt"]) await t.holds(path, "old");
      for (const path of ["/a/x.txt", "/a/y/z.txt"]) await t.absent(path);
    },
  },
  {
    id: "history/rewind/many",
    rule: "`rewind` of more files than one request handles rewinds all of them.",
    source: "ours",
    needs: ["history", "transfer", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const paths = Array.from({ length: 230 }, (_, i) => `/d/${String(i).padStart(3, "0")}.txt`);
      await t.fill(paths, "old");
      const { time: point } = await history.moment();
      await t.fill(paths, "new");
      equal(
        "answers",
        await history.rewind(point, "/d"),
        paths.map((path) => `${path} restored`),
      );
      equal("files that are new", await t.found("new"), []);
      equal("files that are old", (await t.found("old")).length, paths.length);
    },
  },
];
