import { check, equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { ALL_BYTES, INVALID_UTF8, needsRoom, PNG, sorted, utf8 } from "./fixtures.js";

const needs = "transfer";

/** Tests uploads of files as bytes. */
export const uploadCases: readonly ConformanceCase[] = [
  {
    id: "upload/answer/one-per-input-in-order",
    rule: "There is one answer per file, in the order of the files: a composite reads them by their place.",
    source: "tools",
    needs,
    async run(t) {
      const paths = ["/c.txt", "/a.txt", "/d/e.txt", "/b.txt"].map((path) => t.at(path));
      const answers = await t.backend.uploadFiles(paths.map((path) => [path, utf8("x")]));
      equal(
        "paths",
        answers.map(({ path }) => path),
        paths,
      );
      equal(
        "errors",
        answers.map(({ error }) => error),
        [null, null, null, null],
      );
      equal("files", sorted(await t.glob("**")), ["/a.txt", "/b.txt", "/c.txt", "/d/e.txt"]);
    },
  },
  {
    id: "upload/answer/path-as-asked",
    rule: "An answer's path is spelled as the caller spelled it.",
    source: "ours",
    needs: ["transfer", "spelling"],
    async run(t) {
      const asked = t.at("//d//a.txt");
      const answers = await t.backend.uploadFiles([[asked, utf8("x")]]);
      equal(
        "paths",
        answers.map(({ path }) => path),
        [asked],
      );
      await t.holds("/d/a.txt", "x");
    },
  },
  {
    id: "upload/answer/empty-batch",
    rule: "No files, no answers.",
    source: "deepagents",
    needs,
    async run(t) {
      equal("answers", await t.backend.uploadFiles([]), []);
    },
  },
  {
    id: "upload/answer/one-bad-among-good",
    rule: "A refused file does not prevent the others of its batch from being stored.",
    source: "deepagents",
    needs: ["transfer", "strictPaths"],
    async run(t) {
      const answers = await t.backend.uploadFiles([
        [t.at("/a.txt"), utf8("a")],
        [t.at("/x/../y.txt"), utf8("bad")],
        [t.at("/b.txt"), utf8("b")],
      ]);
      equal(
        "errors",
        answers.map(({ error }) => error),
        [null, "invalid_path", null],
      );
      equal("files", sorted(await t.glob("**")), ["/a.txt", "/b.txt"]);
    },
  },
  {
    id: "upload/batch/many",
    rule: "A large batch is stored whole, each content under its own path.",
    source: "deepagents",
    needs,
    async run(t) {
      const paths = Array.from({ length: 300 }, (_, i) => `/d/${(i * 7919) % 300}.txt`);
      await t.upload(...paths.map((path): [string, Uint8Array] => [path, utf8(path)]));
      const answers = await t.backend.downloadFiles(paths.map((path) => t.at(path)));
      const texts = answers.map(({ content }) => new TextDecoder().decode(content ?? utf8("nothing")));
      equal("contents", texts, paths);
    },
  },
  {
    id: "upload/batch/duplicates-last-wins",
    rule: "The last of two files of one path in a batch is stored, and both are answered.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.upload(["/a.txt", utf8("first")], ["/b.txt", utf8("b")], ["/a.txt", utf8("last")]);
      await t.holds("/a.txt", "last");
      await t.holds("/b.txt", "b");
    },
  },
  {
    id: "upload/batch/duplicates-in-other-spelling",
    rule: "Two spellings of one path in a batch are one file, and the last one is stored.",
    source: "ours",
    needs: ["transfer", "spelling"],
    async run(t) {
      await t.upload(["/d/a.txt", utf8("first")], ["/d//a.txt", utf8("last")]);
      await t.holds("/d/a.txt", "last");
      equal("ls", await t.ls("/d"), ["/d/a.txt"]);
    },
  },
  {
    id: "upload/existing/replaced",
    rule: "An upload replaces, also where a write would not: it is how deepagents appends to a history.",
    source: "tools",
    needs,
    async run(t) {
      await t.write("/a.txt", "a long first content\n");
      await t.upload(["/a.txt", utf8("second")]);
      await t.holds("/a.txt", "second");
    },
  },
  {
    id: "upload/existing/created-anew",
    rule: "A replacement is a new file: `created_at` is reset.",
    source: "ours",
    needs: ["transfer", "times"],
    async run(t) {
      await t.write("/a.txt", "first");
      const before = await t.data("/a.txt");
      await t.after(before.created_at);
      await t.upload(["/a.txt", utf8("second")]);
      const after = await t.data("/a.txt");
      check(after.created_at > before.created_at, "created_at", `later than ${before.created_at}`, after);
    },
  },
  {
    id: "upload/existing/text-becomes-binary-and-back",
    rule: "A replacement may change a file between text and bytes.",
    source: "ours",
    needs: ["transfer", "byteFidelity"],
    async run(t) {
      const bytes = Uint8Array.of(0xff, 0xfe, 0);
      await t.write("/a.txt", "text");
      await t.upload(["/a.txt", bytes]);
      equal("bytes", await t.bytes("/a.txt"), bytes);
      await t.upload(["/a.txt", utf8("text again")]);
      await t.holds("/a.txt", "text again");
    },
  },
  ...Object.entries({
    png: ["/a.png", PNG],
    "every-byte": ["/a.bin", ALL_BYTES],
    nul: ["/a.bin", Uint8Array.of(0, 0, 0)],
    "nul-in-text": ["/a.txt", utf8("a\0b")],
    "empty-text": ["/a.txt", new Uint8Array(0)],
    "empty-picture": ["/a.png", new Uint8Array(0)],
    "no-extension": ["/a", ALL_BYTES],
    crlf: ["/a.txt", utf8("a\r\nb\r\n")],
    bom: ["/a.txt", utf8("\ufeffa")],
    "two-boms": ["/a.txt", utf8("\ufeff\ufeff")],
    "utf-16": ["/a.txt", Uint8Array.of(0xff, 0xfe, 0x61, 0)],
    "replacement-character": ["/a.txt", utf8("a\ufffdb")],
    ...Object.fromEntries(
      Object.entries(INVALID_UTF8).map(([name, bytes]) => [
        `invalid-utf8-${name}`,
        ["/a.txt", bytes] as const,
      ]),
    ),
  } satisfies Record<string, readonly [string, Uint8Array]>).map(
    ([name, [path, bytes]]): ConformanceCase => ({
      id: `upload/bytes/${name}`,
      rule: "Uploaded bytes are downloaded unchanged, whatever their name, text or not.",
      source: "deepagents",
      needs: ["transfer", "byteFidelity"],
      async run(t) {
        await t.upload([path, bytes]);
        equal("bytes", await t.bytes(path), bytes);
      },
    }),
  ),
  {
    id: "upload/bytes/large",
    rule: "Megabytes of bytes are returned whole.",
    source: "deepagents",
    needs,
    async run(t) {
      const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 }, (_, i) => (i * 31 + (i >> 8)) & 255);
      needsRoom(t, "maxFileBytes", bytes.length);
      await t.upload(["/a.png", bytes]);
      equal("bytes", await t.bytes("/a.png"), bytes);
    },
  },
  {
    id: "upload/input/view-of-a-larger-buffer",
    rule: "A view is stored from its offset and for its length, not the buffer behind it.",
    source: "deepagents",
    needs,
    async run(t) {
      const whole = utf8("....one....");
      await t.upload(
        ["/a.txt", whole.subarray(4, 7)],
        ["/b.png", Uint8Array.from(ALL_BYTES).subarray(200, 210)],
      );
      await t.holds("/a.txt", "one");
      equal("bytes", await t.bytes("/b.png"), ALL_BYTES.slice(200, 210));
    },
  },
  {
    id: "upload/input/buffer",
    rule: "A Node Buffer is bytes like any other, also when it is a piece of Node's shared pool.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.upload(["/a.txt", Buffer.from("one")], ["/b.png", Buffer.from(PNG)]);
      await t.holds("/a.txt", "one");
      equal("bytes", await t.bytes("/b.png"), PNG);
    },
  },
  {
    id: "upload/input/changed-later",
    rule: "A file does not change when the caller's array does.",
    source: "ours",
    needs: ["transfer", "byteFidelity"],
    async run(t) {
      const bytes = Uint8Array.from(ALL_BYTES);
      await t.upload(["/a.png", bytes]);
      bytes.fill(7);
      equal("bytes", await t.bytes("/a.png"), ALL_BYTES);
    },
  },
  {
    id: "upload/input/changed-meanwhile",
    rule: "The stored content is that of the array at the time of the call, not later.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "atomic"],
    async run(t) {
      const bytes = Buffer.from(ALL_BYTES);
      const uploading = t.backend.uploadFiles([[t.at("/a.png"), bytes]]);
      bytes.fill(7);
      await uploading;
      equal("bytes", await t.bytes("/a.png"), ALL_BYTES);
    },
  },
  {
    id: "upload/seen/by-every-method",
    rule: "An uploaded text is a file like one that was written.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.upload(["/d/a.txt", utf8("one\ntwo\n")]);
      equal("read", (await t.read("/d/a.txt")).content, "one\ntwo\n");
      equal("ls", await t.ls("/d"), ["/d/a.txt"]);
      equal("glob", await t.glob("**/*.txt"), ["/d/a.txt"]);
      equal("grep", await t.grep("two"), [{ path: "/d/a.txt", line: 2, text: "two" }]);
      await t.edit("/d/a.txt", "two", "three");
      succeeds("read", await t.read("/d/a.txt"));
    },
  },
];
