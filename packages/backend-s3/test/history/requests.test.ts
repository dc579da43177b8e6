import { describe, expect, it } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { recordRequests } from "../helpers/requests.js";

const bucket = useBucket();
useVersioning(bucket);
const requests = recordRequests();

const by = () => ({ thread: "t1", user: "ann" });

/** A backend under a prefix of its own, whose requests are recorded, made ready. */
async function ready(prefix: string, options: Partial<S3BackendOptions>): Promise<S3Backend> {
  const backend = bucket.backend({ prefix, clientConfig: { extensions: [requests.extension] }, ...options });
  await backend.initialize();
  return backend;
}

/** Requests of the usual operations, in a backend that is new to them. */
async function requestsOf(prefix: string, options: Partial<S3BackendOptions>) {
  const [backend, other] = [await ready(prefix, options), await ready(prefix, options)];
  const upload = () => backend.uploadFiles([["/d/b.txt", Buffer.from("x\n")]]);
  const during = async (run: () => Promise<unknown>) =>
    (await requests.during(run)).map((line) => line.replace("LIST VERSIONS", "LIST"));
  return {
    write: await during(() => backend.write("/d/a.txt", "one\n")),
    edit: await during(() => backend.edit("/d/a.txt", "one", "two")),
    editUnknown: await during(() => other.edit("/d/a.txt", "two", "three")),
    upload: await during(upload),
    uploadAgain: await during(upload),
    read: await during(() => other.read("/d/a.txt")),
    download: await during(() => backend.downloadFiles(["/d/a.txt", "/d/b.txt"])),
    ls: await during(() => backend.ls("/d")),
    glob: await during(() => backend.glob("**/*.txt")),
    grep: await during(() => other.grep("x")),
    deleteMissing: await during(() => backend.delete("/none.txt")),
  };
}

describe("with history the same requests are sent as without", () => {
  it.each<Partial<S3BackendOptions>>([{}, { format: "raw" }, { pathConflicts: "allow" }])(
    "%j",
    async (options) => {
      const plain = await requestsOf("same", { ...options, namespace: ["plain", JSON.stringify(options)] });
      const recorded = await requestsOf("same", {
        ...options,
        history: { by },
        // The keys have the same length and differ in one segment.
        namespace: ["story", JSON.stringify(options)],
      });
      expect(JSON.parse(JSON.stringify(recorded).replaceAll("story", "plain"))).toEqual(plain);
    },
  );
});

describe("what history costs", () => {
  it("initialize(): one request to see that versioning is on", async () => {
    await ready("first", { history: true });
    const lines = await requests.during(() => ready("second", { history: true }));
    expect(lines).toEqual(["LIST second/", "VERSIONING"]);
  });

  it("a deletion: one copy if it has an author, nothing otherwise", async () => {
    const deletions = async (prefix: string, options: Partial<S3BackendOptions>) => {
      const backend = await ready(prefix, { pathConflicts: "allow", ...options });
      await backend.write("/a.txt", "x");
      await backend.write("/d/1.txt", "x");
      await backend.write("/d/2.txt", "x");
      const lines = [
        ...(await requests.during(() => backend.delete("/a.txt"))),
        ...(await requests.during(() => backend.delete("/d"))),
      ];
      return lines.map((line) => line.replace(prefix, "p")).filter((line) => !line.startsWith("LIST"));
    };
    const plain = await deletions("deletions", {});
    expect(await deletions("deletions-history", { history: true })).toEqual(plain);
    expect(await deletions("deletions-author", { history: { by } })).toEqual([
      "COPY p/a.txt",
      "DELETE p/a.txt",
      "HEAD p/a.txt",
      "COPY p/d/1.txt",
      "COPY p/d/2.txt",
      "DELETE MANY",
      "HEAD p/d 404",
      "HEAD p/d/1.txt",
      "HEAD p/d/2.txt",
    ]);
  });

  it("ls on MinIO: a LIST of each directory in it", async () => {
    const backend = await ready("ls", { history: true });
    await backend.write("/d/a.txt", "x");
    await backend.write("/e/a.txt", "x");
    expect(await requests.during(() => backend.ls("/"))).toEqual(["LIST ls/ /", "LIST ls/d/", "LIST ls/e/"]);
  });

  it("a version: one GET; an entry: a HEAD, once", async () => {
    const { write, history, open, store } = historyStore(bucket, "reads", {
      clientConfig: { extensions: [requests.extension] },
    });
    await open();
    for (const text of ["1", "2", "3", "4"]) await write("a.txt", text);
    const list = () => history.versions("a.txt", { ...call, limit: 2 });
    expect(await requests.during(list)).toEqual([
      ...Array(3).fill("HEAD reads/a.txt"),
      "LIST VERSIONS reads/a.txt",
    ]);
    expect(await requests.during(list)).toEqual(["LIST VERSIONS reads/a.txt"]);
    const [entry] = await list();
    expect(await requests.during(() => history.getVersion("a.txt", entry!.id, call))).toEqual([
      "GET reads/a.txt",
    ]);
    expect(await requests.during(() => history.resolve(entry!.at, call))).toEqual(["LIST reads/"]);
    await store.close();
  });

  it("a file at a point in time: a LIST beside the GET; if it has changed since, one GET more, and only one later", async () => {
    const { write, history, open, store } = historyStore(bucket, "past", {
      clientConfig: { extensions: [requests.extension] },
    });
    await open();
    await write("same.txt", "1");
    await write("changed.txt", "1");
    const [entry] = await history.versions("changed.txt", { ...call, limit: 1 });
    const snapshot = await history.resolve({ version: entry!.id }, call);
    await write("changed.txt", "2");
    const read = async (key: string) => {
      let content: unknown;
      const lines = await requests.during(async () => {
        const [file] = await history.getAt([key], snapshot, call);
        content = file?.content;
      });
      expect(content).toBe("1");
      return lines;
    };
    for (let i = 0; i < 2; i++) {
      expect(await read("same.txt")).toEqual(["GET past/same.txt", "LIST VERSIONS past/same.txt"]);
    }
    expect((await read("changed.txt")).slice(-2)).toEqual([
      "GET past/changed.txt",
      "LIST VERSIONS past/changed.txt",
    ]);
    expect(await read("changed.txt")).toEqual(["GET past/changed.txt"]);

    await history.erase("changed.txt", { ...call, scope: "file" });
    expect(await history.getAt(["changed.txt"], snapshot, call)).toEqual([undefined]);
    await write("changed.txt", "3");
    expect(await history.getAt(["changed.txt"], snapshot, call)).toEqual([undefined]);
    await store.close();
  });
});
