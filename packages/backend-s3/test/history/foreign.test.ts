import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, setVersioning } from "../helpers/history.js";
import { objectsOf } from "../helpers/objects.js";

const bucket = useBucket();
const objects = objectsOf(bucket);

const remove = (Key: string) => bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key }));

describe("versions that others made", () => {
  it("are in the history: objects, deletions, and what was there before versioning", async () => {
    const { write, edit, versions, contents, get, filesAt, history } = historyStore(bucket, "foreign");
    const plain = historyStore(bucket, "foreign", { history: false });
    await plain.write("ours.txt", "before");
    await objects.put("foreign/theirs.txt", "before");
    await objects.put("foreign/touched.txt", "before");
    await setVersioning(bucket, "Enabled");
    await edit("ours.txt", "after", { user: "ann" });
    await objects.put("foreign/theirs.txt", "after");
    await objects.put("foreign/theirs.txt", "after");
    await remove("foreign/theirs.txt");
    await write("theirs.txt", "ours");
    expect(await versions("ours.txt")).toMatchObject([
      { kind: "edit", by: { user: "ann" } },
      { kind: "create" },
    ]);
    expect(await contents("ours.txt")).toEqual(["after", "before"]);
    expect((await versions("theirs.txt")).map(({ kind }) => kind)).toEqual([
      "create",
      "delete",
      "write",
      "create",
    ]);
    expect(await contents("theirs.txt")).toEqual(["ours", undefined, "after", "before"]);
    expect(await contents("touched.txt")).toEqual(["before"]);
    const [, , , first] = await versions("theirs.txt");
    expect(first!.id).toMatch(/\.null\.[0-9a-f]{32}$/);
    expect(await filesAt({ version: first!.id })).toMatchObject({ "theirs.txt": "before" });
    expect(await history.erase("theirs.txt", { ...call, scope: "file" })).toEqual({ files: 1, versions: 3 });
    expect(await versions("theirs.txt")).toEqual([]);
    expect((await get("touched.txt"))!.content).toBe("before");
  });

  it("have no author of a deletion that another program made after one of ours", async () => {
    const { write, delete: erase, versions } = historyStore(bucket, "deleters");
    await write("a.txt", "1");
    await erase("a.txt", { user: "ann" });
    await write("a.txt", "2");
    await remove("deleters/a.txt");
    const [deletion, , ours] = await versions("a.txt");
    expect(deletion).toMatchObject({ kind: "delete" });
    expect(deletion).not.toHaveProperty("by");
    expect(ours).toMatchObject({ kind: "delete", by: { user: "ann" } });
  });
});

describe("versioning that is suspended in mid-life", () => {
  it("refuses changes from the second on, loses no version, and resumes", async () => {
    const { write, edit, store, contents, get, open, versions } = historyStore(bucket, "suspended");
    await open();
    await write("a.txt", "1");
    await edit("a.txt", "2");
    await setVersioning(bucket, "Suspended");
    await edit("a.txt", "3");
    const refused = { code: "misconfigured", message: expect.stringContaining("versioning is suspended") };
    await expect(edit("a.txt", "4")).rejects.toMatchObject(refused);
    await expect(store.delete("a.txt", { ...call, scope: "file" })).rejects.toMatchObject(refused);
    expect((await get("a.txt"))!.content).toBe("3");
    expect(await contents("a.txt")).toEqual(["3", "2", "1"]);
    const report = { details: {}, warn: (code: string) => expect(code).toBe("versioning-not-enabled") };
    await store.check(report as never, call);
    expect(report.details).toMatchObject({ versioning: "Suspended" });
    await setVersioning(bucket, "Enabled");
    await edit("a.txt", "5");
    expect(await contents("a.txt")).toEqual(["5", "3", "2", "1"]);
    const [, suspended] = await versions("a.txt");
    expect(suspended!.id).toContain(".null.");
  });

  it("never takes a null version for another one", async () => {
    const { write, history, versions, contents } = historyStore(bucket, "null");
    await setVersioning(bucket, "Suspended");
    await objects.put("null/a.txt", "1");
    const [first] = await versions("a.txt");
    await objects.put("null/a.txt", "2");
    expect(await history.getVersion("a.txt", first!.id, call)).toBeUndefined();
    await setVersioning(bucket, "Enabled");
    await write("a.txt", "3");
    expect(await contents("a.txt")).toEqual(["3", "2"]);
    await expect(history.resolve({ version: first!.id }, call)).rejects.toThrow("no version");
  });
});
