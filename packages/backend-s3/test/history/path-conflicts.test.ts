import { describe, expect, it } from "@jest/globals";
import { S3FileStore } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { flatStoreClient } from "../helpers/flat-store.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { itOnMinio } from "../helpers/on-minio.js";

const bucket = useBucket();
useVersioning(bucket);
// A store is probed once per bucket.
const flat = useBucket();
useVersioning(flat);

describe("names of deleted files", () => {
  itOnMinio(
    "are refused for directories, and the other way round, until their history is erased",
    async () => {
      const { open, store, write, delete: remove, history, get, contents } = historyStore(bucket, "names");
      await open();
      await write("a", "1");
      await write("d/f", "1");
      await remove("a");
      await remove("d");
      const create = (key: string, id: string) =>
        store.put([{ key, id, content: "2", condition: "create" as const }], {
          ...call,
          origin: { kind: "write" },
        });
      for (const [key, other] of [
        ["a/f", "names/a"],
        ["a/b/c", "names/a"],
        ["d", "names/d/f"],
      ] as const) {
        expect(await create(key, key)).toMatchObject([
          {
            code: "invalid-path",
            message: expect.stringContaining("the versions of a deleted file are in the way"),
            hint: expect.stringContaining(`Erase the history of ${other}`),
          },
        ]);
        expect(await get(key)).toBeUndefined();
      }
      expect(await contents("d/f")).toEqual([undefined, "1"]);
      // A file of the same name is no conflict.
      await write("a", "again");
      await history.erase("a", { ...call, scope: "file" });
      await history.erase("d", { ...call, scope: "all" });
      expect(await create("a/f", "5")).toMatchObject([{ done: true }]);
      expect(await create("d", "6")).toMatchObject([{ done: true }]);
      expect(await contents("a/f")).toEqual(["2"]);
    },
  );

  itOnMinio("are free on a store that shows a file and a directory of one name", async () => {
    const client = flatStoreClient(flat);
    const store = new S3FileStore({ bucket: flat.name, client, history: true });
    await store.open(call);
    const put = (key: string, id: string) => store.put([{ key, id, content: id, condition: "create" }], call);
    await put("a", "1");
    await store.delete("a", { ...call, scope: "file", origin: { kind: "delete", by: { user: "ann" } } });
    expect(await put("a/f", "2")).toMatchObject([{ done: true }]);
    expect(await store.history!.versions("a", { ...call, limit: 9 })).toMatchObject([
      { kind: "delete", by: { user: "ann" } },
      { kind: "create" },
    ]);
    expect(await store.history!.versions("a/f", { ...call, limit: 9 })).toHaveLength(1);
    const snapshot = await store.history!.resolve(new Date("2999-01-01"), call);
    const listed = [];
    for await (const page of store.history!.listAt("", snapshot, { ...call, recursive: true }))
      listed.push(...page);
    expect(listed.map(({ key }) => key)).toEqual(["a/f"]);
    expect(await store.history!.erase("a", { ...call, scope: "all" })).toEqual({ files: 1, versions: 2 });
    expect(await store.history!.changes("", { ...call, limit: 9 })).toEqual([]);
    client.destroy();
  });
});

describe("a directory in which everything was deleted", () => {
  it("is not listed", async () => {
    const { open, store, write, delete: remove } = historyStore(bucket, "empty");
    await open();
    await write("gone/a/1.txt", "1");
    await write("kept/1.txt", "1");
    await write("top.txt", "1");
    await remove("gone", { user: "ann" });
    const entries = [];
    for await (const page of store.list("", { ...call, recursive: false })) entries.push(...page);
    expect(entries.map(({ key }) => key)).toEqual(["kept/", "top.txt"]);
  });
});
