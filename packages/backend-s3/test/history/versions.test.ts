import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { objectsOf } from "../helpers/objects.js";

const bucket = useBucket();
useVersioning(bucket);
const objects = objectsOf(bucket);

const ann = { thread: "t1", checkpoint: "1f0-é 😀", agent: "writer", user: "ann" };
const bob = { user: "bob" };

describe.each(["json", "raw"] as const)("history in the format %s", (format) => {
  it("has each change with its kind, author and size, newest first", async () => {
    const {
      write,
      edit,
      upload,
      delete: remove,
      versions,
      contents,
      get,
    } = historyStore(bucket, `kinds-${format}`, {
      format,
    });
    await write("a.txt", "één", ann);
    await edit("a.txt", "two", bob);
    await upload("a.txt", Buffer.from([0, 255]));
    await remove("a.txt", bob);
    await write("a.txt", "again");
    const entries = await versions("a.txt");
    expect(entries).toMatchObject([
      { key: "a.txt", kind: "create", size: 5, current: (await get("a.txt"))!.version },
      { key: "a.txt", kind: "delete", by: bob },
      { key: "a.txt", kind: "upload", size: 2 },
      { key: "a.txt", kind: "edit", size: 3, by: bob },
      { key: "a.txt", kind: "create", size: 5, by: ann },
    ]);
    expect(entries.map((entry) => "by" in entry)).toEqual([false, true, false, true, true]);
    expect(entries.map((entry) => "current" in entry)).toEqual([true, false, false, false, false]);
    expect(await contents("a.txt")).toEqual(["again", undefined, new Uint8Array([0, 255]), "two", "één"]);
    const times = entries.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it("has no entry for a change that leaves the content as it is", async () => {
    const { write, upload, versions, get } = historyStore(bucket, `equal-${format}`, { format });
    await write("a.txt", "one", ann);
    const [before] = await versions("a.txt");
    await upload("a.txt", "one", bob);
    const version = (await get("a.txt"))!.version;
    expect(await versions("a.txt")).toEqual([{ ...before, current: version }]);
    await write("a.txt", "two");
    await write("a.txt", "one");
    expect((await versions("a.txt")).map(({ kind }) => kind)).toEqual(["write", "write", "create"]);
  });

  it("pages, and knows no foreign ids", async () => {
    const { write, versions, history } = historyStore(bucket, `pages-${format}`, { format });
    for (const text of ["1", "2", "2", "3", "3", "3", "4"]) await write("a.txt", text);
    await write("a.txt2", "other");
    const all = await versions("a.txt");
    expect(all).toHaveLength(4);
    let before: string | undefined;
    const paged = [];
    for (;;) {
      const page = await history.versions("a.txt", { ...call, limit: 1, before });
      if (page.length === 0) break;
      expect(page).toHaveLength(1);
      paged.push(...page);
      before = page[0]!.id;
    }
    expect(paged).toEqual(all);
    const other = (await versions("a.txt2"))[0]!.id;
    for (const id of [
      other,
      "x",
      "",
      "abc.def",
      "0.null.abc",
      `${all[0]!.id}0`,
      all[0]!.id.replace(/^./, "x"),
    ]) {
      expect(await history.versions("a.txt", { ...call, limit: 9, before: id })).toEqual([]);
      expect(await history.getVersion("a.txt", id, call)).toBeUndefined();
    }
    expect(await history.getVersion("none.txt", all[0]!.id, call)).toBeUndefined();
    expect(await versions("none.txt")).toEqual([]);
  });
});

describe("an object of a bucket with history", () => {
  it("has its provenance in ASCII metadata, and one without history has none", async () => {
    const { write } = historyStore(bucket, "metadata");
    await write("a.txt", "one", ann);
    const { metadata } = await objects.get("metadata/a.txt");
    expect(metadata).toMatchObject({
      "deepagents-kind": "create",
      "deepagents-by": JSON.stringify(ann).replace("é", "\\u00e9").replace("😀", "\\ud83d\\ude00"),
      "deepagents-digest": expect.stringMatching(/^[\w-]{43}$/),
      "deepagents-size": "3",
    });
    const plain = historyStore(bucket, "metadata", { history: false });
    await plain.write("b.txt", "one", ann);
    expect(Object.keys((await objects.get("metadata/b.txt")).metadata).sort()).toEqual([
      "deepagents-format",
      "deepagents-writes",
    ]);
    expect(plain.history).toBeUndefined();
    // The provenance of an earlier version is not carried over.
    await plain.edit("a.txt", "two");
    expect(Object.keys((await objects.get("metadata/a.txt")).metadata).sort()).toEqual([
      "deepagents-format",
      "deepagents-writes",
    ]);
  });

  it("has room for the largest authors, and foreign metadata", async () => {
    const { upload, versions, delete: remove, get } = historyStore(bucket, "room");
    const large = Object.fromEntries(
      ["thread", "checkpoint", "agent", "user"].map((name) => [name, "😀".repeat(32)]),
    );
    for (let i = 0; i < 70; i++) await upload("a.txt", `${i}`, large);
    expect((await versions("a.txt", 1))[0]).toMatchObject({ kind: "upload", by: large });
    await remove("a.txt", bob);
    expect((await versions("a.txt", 1))[0]).toMatchObject({ kind: "delete", by: bob });
    // Metadata of others leaves no room for the author: the file can be deleted all the same.
    await objects.put("room/b.txt", "x", { Metadata: { mine: "x".repeat(2_030) } });
    await remove("b.txt", bob);
    expect(await get("b.txt")).toBeUndefined();
    const [deletion] = await versions("b.txt", 1);
    expect(deletion).toMatchObject({ kind: "delete" });
    expect(deletion).not.toHaveProperty("by");
  });
});
