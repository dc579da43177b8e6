import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { utf8 } from "./fixtures.js";

const unless = "directories";

/** Used on the raw backend: elsewhere, a file in a directory ends the case. */
const NESTED = ["/d/a.txt", "/d/e/new.txt"];

/** Tests how a backend without directories handles a file in one. */
export const directoryCases: readonly ConformanceCase[] = [
  {
    id: "directories/refused/write",
    rule: "A file in a directory is refused and stored under no other name: flattened, two files would become one.",
    source: "ours",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      for (const path of NESTED) refuses(`write of ${path}`, await t.raw.write(t.at(path), "nested\n"));
      await t.holds("/a.txt", "top\n");
      equal("files", await t.glob("**"), ["/a.txt"]);
    },
  },
  {
    id: "directories/refused/edit",
    rule: "An edit of a file in a directory does not change the file of that name.",
    source: "ours",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      for (const path of NESTED) refuses(`edit of ${path}`, await t.raw.edit(t.at(path), "top", "nested"));
      await t.holds("/a.txt", "top\n");
    },
  },
  {
    id: "directories/refused/read",
    rule: "A read of a file in a directory does not answer with the file of that name.",
    source: "ours",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      for (const path of NESTED) {
        const answer = await t.backend.read(t.at(path));
        refuses(`read of ${path}`, answer);
        equal("content", answer.content, undefined);
        refuses(`readRaw of ${path}`, await t.backend.readRaw(t.at(path)));
      }
    },
  },
  {
    id: "directories/refused/delete",
    rule: "A deletion of a file in a directory, or of the directory, leaves the file of that name.",
    source: "ours",
    needs: "delete",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      for (const path of [...NESTED, "/d", "/d/"]) {
        refuses(`delete of ${path}`, await t.backend.delete(t.at(path)));
      }
      await t.holds("/a.txt", "top\n");
    },
  },
  {
    id: "directories/refused/upload",
    rule: "An upload into a directory is answered with an error code, and the rest of its batch is stored.",
    source: "ours",
    needs: "transfer",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      const paths = [...NESTED, "/b.txt"].map((path) => t.at(path));
      const answers = (await t.raw.uploadFiles?.(paths.map((path) => [path, utf8("up")]))) ?? [];
      equal(
        "answers",
        answers.map(({ error }) => (error === null ? "stored" : "refused")),
        ["refused", "refused", "stored"],
      );
      check(!answers.some(({ error }) => error === "file_not_found"), "codes", "none of absence", answers);
      await t.holds("/a.txt", "top\n");
      equal("files", (await t.glob("**")).sort(), ["/a.txt", "/b.txt"]);
    },
  },
  {
    id: "directories/refused/download",
    rule: "A download of a file in a directory does not answer with the file of that name.",
    source: "ours",
    needs: "transfer",
    unless,
    async run(t) {
      await t.write("/a.txt", "top\n");
      for (const { path, content, error } of await t.backend.downloadFiles(
        NESTED.map((path) => t.at(path)),
      )) {
        check(typeof error === "string" && !content, `download of ${path}`, "an error code", {
          content,
          error,
        });
      }
    },
  },
];
