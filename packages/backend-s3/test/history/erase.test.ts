import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { objectsOf } from "../helpers/objects.js";

const bucket = useBucket();
useVersioning(bucket);
const objects = objectsOf(bucket);

/** Versions and delete markers in the bucket, as `key` or `key deleted`. */
async function left(prefix: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await bucket.client.send(
    new ListObjectVersionsCommand({ Bucket: bucket.name, Prefix: `${prefix}/` }),
  );
  const inPrefix = (key = "") => key.slice(prefix.length + 1);
  return [
    ...Versions.map(({ Key }) => inPrefix(Key)),
    ...DeleteMarkers.map(({ Key }) => `${inPrefix(Key)} deleted`),
  ].sort();
}

describe("erase", () => {
  it("leaves nothing of a file, a directory, or all", async () => {
    const { write, edit, delete: remove, history, get } = historyStore(bucket, "all");
    for (const key of ["a.txt", "a.txt.bak", "d/b.txt", "d/c.txt", "d.txt"]) {
      await write(key, "1");
      await edit(key, "2");
    }
    await remove("d/c.txt", { user: "ann" });
    await objects.put("all/d/", "");
    await objects.put("all/d/odd\u0001name", "x");
    await write("a.txt", "2");
    const erase = (key: string, scope: "file" | "descendants" | "all") =>
      history.erase(key, { ...call, scope });
    expect(await erase("a.txt", "file")).toEqual({ files: 1, versions: 3 });
    expect(await get("a.txt")).toBeUndefined();
    expect(await history.versions("a.txt", { ...call, limit: 9 })).toEqual([]);
    expect(await left("all")).not.toContain("a.txt");
    expect(await left("all")).toContain("a.txt.bak");
    expect(await erase("a.txt", "file")).toEqual({ files: 0, versions: 0 });
    // Stores differ in whether they keep versions of folder markers.
    expect(await erase("d", "all")).toMatchObject({ files: 3 });
    expect(await left("all")).toEqual(["a.txt.bak", "a.txt.bak", "d.txt", "d.txt"]);
    expect(await erase("", "descendants")).toEqual({ files: 2, versions: 4 });
    expect(await left("all")).toEqual([]);
  });

  it("erases what was replaced or deleted before a time, and keeps the files", async () => {
    const {
      write,
      upload,
      delete: remove,
      versions,
      contents,
      history,
      get,
    } = historyStore(bucket, "before");
    await write("a.txt", "1");
    await write("a.txt", "2");
    await upload("a.txt", "2");
    await write("gone.txt", "1");
    await remove("gone.txt");
    await write("back.txt", "1");
    await remove("back.txt");
    await write("back.txt", "2");
    await write("late.txt", "1");
    const [created] = await versions("late.txt");
    const before = new Date(created!.at.getTime() + 1);
    await write("late.txt", "2");
    await write("late.txt", "3");
    const [entry] = await versions("a.txt");
    expect(await history.erase("", { ...call, scope: "descendants", before })).toEqual({
      files: 0,
      versions: 3,
    });
    expect(await versions("a.txt")).toEqual([entry]);
    expect(await versions("gone.txt")).toEqual([]);
    expect(await contents("back.txt")).toEqual(["2"]);
    expect(await contents("late.txt")).toEqual(["3", "2", "1"]);
    expect((await get("a.txt"))!.content).toBe("2");
    const later = new Date(Date.now() + 60_000);
    expect(await history.erase("late.txt", { ...call, scope: "file", before: later })).toEqual({
      files: 0,
      versions: 2,
    });
    expect(await contents("late.txt")).toEqual(["3"]);
  });

  it("keeps a file that is created at the same time, without what was before", async () => {
    const { write, history, store, contents } = historyStore(bucket, "same-time");
    await write("a.txt", "old");
    // The new file comes directly after the deletion.
    const remove = store.delete.bind(store);
    store.delete = async (...args) => {
      const outcome = await remove(...args);
      await write("a.txt", "new");
      return outcome;
    };
    expect(await history.erase("a.txt", { ...call, scope: "file" })).toEqual({ files: 1, versions: 1 });
    expect(await contents("a.txt")).toEqual(["new"]);
    expect(await left("same-time")).toEqual(["a.txt"]);
  });
});
