import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { type Answer, failure } from "@deepagents-internal/testing/s3-proxy";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { flatStoreClient } from "./helpers/flat-store.js";
import { objectsOf } from "./helpers/objects.js";
import { describeOnMinio, itOnMinio } from "./helpers/on-minio.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const objects = objectsOf(bucket);

const file = (path: string, text = "x"): [string, Uint8Array] => [path, Buffer.from(text)];
const paths = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

describe("where the store hides the descendants of a file", () => {
  const sentence = (path: string, other: string) =>
    `'${path}' cannot be stored, because a file cannot also be a directory: '${other}' is in the way. Choose another path.`;

  it.each<[what: string, there: string, path: string, code: string]>([
    ["a file over a directory", "/d/e/f.txt", "/d", "is_directory"],
    ["a file over a directory in a directory", "/d/e/f.txt", "/d/e", "is_directory"],
    ["a file below another", "/d", "/d/f.txt", "invalid_path"],
    ["a file far below another", "/d", "/d/x/y/z.txt", "invalid_path"],
  ])("%s is refused, and the other one named", async (_, there, path, code) => {
    const prefix = `refused${path}-${there}`.replaceAll("/", "-");
    await bucket.backend({ prefix }).write(there, "there");
    // One that knows of nothing.
    const backend = bucket.backend({ prefix });
    expect(await backend.write(path, "x")).toEqual({ error: `Error: ${sentence(path, there)}` });
    const answers = await backend.uploadFiles([file(path), file("/other.txt")]);
    expect(answers).toEqual([
      { path, error: code, message: sentence(path, there) },
      { path: "/other.txt", error: null },
    ]);
    expect(await objects.keys(`${prefix}/`)).toEqual([`${prefix}${there}`, `${prefix}/other.txt`]);
    expect(backend.capabilities.fileAndDirectory).toBe(false);
  });

  it("a file above the namespace conflicts too, and its name is not revealed", async () => {
    const backend = bucket.backend({ prefix: "above" });
    await backend.write("/acme", "secret");
    const { error } = await backend.withNamespace(["acme"]).write("/f.txt", "x");
    expect(error).toContain("a file above this namespace is in the way");
  });

  it("a replacement does not conflict with itself", async () => {
    const backend = bucket.backend({ prefix: "replaced", writeMode: "overwrite" });
    for (const text of ["one", "two"]) {
      expect(await backend.write("/d/f.txt", text)).toEqual({ path: "/d/f.txt", filesUpdate: null });
      expect(await backend.uploadFiles([file("/d/f.txt", text)])).toEqual([
        { path: "/d/f.txt", error: null },
      ]);
    }
  });

  it("stores the same files of a batch in any order", async () => {
    const batch = ["/d/e/f.txt", "/d", "/d/g.txt", "/h.txt"].map((path) => file(path));
    for (const [i, order] of [batch, batch.toReversed()].entries()) {
      const backend = bucket.backend({ prefix: `batch${i}` });
      const answers = await backend.uploadFiles(order);
      const stored = answers.filter(({ error }) => error === null).map(({ path }) => path);
      expect(stored.sort()).toEqual(["/d", "/h.txt"]);
      expect(paths(await backend.glob("**"))).toEqual(["/d", "/h.txt"]);
    }
  });

  describe("what another backend does", () => {
    let now = 0;
    beforeEach(() => {
      now = performance.now();
      jest.spyOn(performance, "now").mockImplementation(() => now);
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });
    const pair = (prefix: string) => [bucket.backend({ prefix }), bucket.backend({ prefix })] as const;

    it("to turn a directory into a file is noticed, if not immediately", async () => {
      const [backend, other] = pair("later");
      await backend.write("/d/f.txt", "x");
      await other.delete("/d");
      await other.write("/d", "file");
      now += 10_001;
      expect((await backend.write("/d/g.txt", "x")).error).toContain("'/d' is in the way");
    });

    it("to make a directory of a name is noticed, if not immediately", async () => {
      const [backend, other] = pair("names");
      await backend.write("/a.txt", "x");
      await other.write("/d/f.txt", "x");
      now += 10_001;
      expect((await backend.write("/d", "x")).error).toContain("'/d/f.txt' is in the way");
    });

    it("to make a file of a directory's name is noticed, if the directory was not seen", async () => {
      const [backend, other] = pair("files");
      await backend.write("/a.txt", "x");
      await other.write("/d", "x");
      expect((await backend.write("/d/f.txt", "x")).error).toContain("'/d' is in the way");
    });
  });

  it("what the backend itself did is noticed at once", async () => {
    const backend = bucket.backend({ prefix: "own" });
    await backend.write("/a.txt", "x");
    await backend.write("/d/e/f.txt", "x");
    expect((await backend.write("/d", "x")).error).toContain("'/d/e/f.txt' is in the way");
    expect((await backend.write("/d/e", "x")).error).toContain("'/d/e/f.txt' is in the way");
    await backend.write("/g/f.txt", "x");
    await bucket.backend({ prefix: "own" }).delete("/g");
    await backend.write("/g", "x");
    expect((await backend.write("/g/f.txt", "x")).error).toContain("'/g' is in the way");
  });

  it.each(["/p/a", "/p/b", "/p/z"])("%s is refused wherever it is among the listed names", async (path) => {
    const prefix = `among${path.replaceAll("/", "-")}`;
    const many = Array.from({ length: 150 }, (_, i) => file(`/p/m${100 + i}.txt`));
    const there = ["/p/a/f.txt", "/p/b/f.txt", "/p/z/f.txt"].map((each) => file(each));
    await bucket.backend({ prefix }).uploadFiles([...there, ...many]);
    const backend = bucket.backend({ prefix });
    expect(await backend.write("/p/a.b", "x")).not.toHaveProperty("error");
    expect((await backend.write(path, "x")).error).toContain(`'${path}/f.txt' is in the way`);
    const answers = await bucket.backend({ prefix }).uploadFiles([file("/p/0"), file(path), file("/p/zz")]);
    expect(answers.map(({ error }) => error)).toEqual([null, "is_directory", null]);
  });

  describeOnMinio("a path conflict that a race has made", () => {
    const hidden = ["/d/f.txt", "/d/x/y.txt", "/d/z/0.txt", "/d/z"];

    async function makeConflict(prefix: string) {
      for (const path of [...hidden, "/d", "/e.txt"]) await objects.put(prefix + path, `text of ${path}`);
      return bucket.backend({ prefix });
    }

    it("hides files, and loses none", async () => {
      const backend = await makeConflict("race");
      expect(paths(await backend.ls("/"))).toEqual(["/d", "/e.txt"]);
      expect(paths(await backend.glob("**"))).toEqual(["/d", "/e.txt"]);
      // Below what is hidden, what is not hidden by another is shown.
      expect(paths(await backend.ls("/d/x"))).toEqual(["/d/x/y.txt"]);
      expect((await backend.grep("text of", "/d/x")).matches).toHaveLength(1);
      for (const path of ["/d", ...hidden])
        expect((await backend.read(path)).content).toBe(`text of ${path}`);
      expect(await backend.edit("/d/f.txt", "text of", "edited")).toMatchObject({ occurrences: 1 });
      expect((await backend.downloadFiles(["/d/f.txt"]))[0]?.content).toEqual(Buffer.from("edited /d/f.txt"));
      expect(await backend.delete("/d/f.txt")).not.toHaveProperty("error");
      expect((await backend.write("/d/f.txt", "x")).error).toContain("'/d' is in the way");
    });

    it.each(["/d", "/"])("is deleted as a whole with %s", async (path) => {
      const prefix = `deleted${path}`.replaceAll("/", "-");
      const backend = await makeConflict(prefix);
      expect(await backend.delete(path)).toEqual({ path, filesUpdate: null });
      for (const each of ["/d", ...hidden]) expect((await backend.read(each)).error).toContain("not found");
      const rest = path === "/" ? [] : [`${prefix}/e.txt`];
      expect(await objects.keys(`${prefix}/`)).toEqual(rest);
      expect(await backend.write("/d/f.txt", "new")).not.toHaveProperty("error");
    });

    it("is deleted as a whole by a backend that allows it", async () => {
      await makeConflict("allowed-deleted");
      const backend = bucket.backend({ prefix: "allowed-deleted", pathConflicts: "allow" });
      expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
      for (const each of hidden) expect((await backend.read(each)).error).toContain("not found");
    });
  });

  itOnMinio("pathConflicts: allow stores both, whatever is listed", async () => {
    const backend = bucket.backend({ prefix: "allowed", pathConflicts: "allow" });
    expect(await backend.write("/d/f.txt", "below")).not.toHaveProperty("error");
    expect(await backend.write("/d", "file")).not.toHaveProperty("error");
    expect(await backend.uploadFiles([file("/d/g.txt"), file("/d/f.txt/h.txt")])).toMatchObject([
      { error: null },
      { error: null },
    ]);
    expect(backend.capabilities.fileAndDirectory).toBe(false);
    for (const path of ["/d", "/d/f.txt", "/d/g.txt", "/d/f.txt/h.txt"]) {
      expect(await backend.read(path)).not.toHaveProperty("error");
    }
  });
});

describe("where the store itself refuses a file at the path of a directory", () => {
  const proxy = useProxy(bucket);

  it.each(["ObjectParentIsFile", "ExistingObjectIsDirectory"])(
    "%s names the file in the way",
    async (code) => {
      const [there, path] = code === "ObjectParentIsFile" ? ["/d", "/d/f.txt"] : ["/d/f.txt", "/d"];
      const backend = await openThrough(proxy, bucket, { prefix: `told-${code}`, pathConflicts: "allow" });
      await backend.write(there!, "there");
      proxy.intercept = (asked, forward) => (asked.method === "PUT" ? failure(409, code) : forward());
      expect((await backend.write(path!, "x")).error).toContain(`'${there}' is in the way`);
      const [answer] = await backend.uploadFiles([file(path!)]);
      expect(answer?.message).toContain(`'${there}' is in the way`);
    },
  );

  it("a deleted file that the store still lists once is no conflict", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "stale", pathConflicts: "refuse" });
    for (const [gone, path, method] of [
      ["/d", "/d/d;e", "HEAD"],
      ["/f/g", "/f", "GET"],
    ] as const) {
      await backend.write(gone, "x");
      const stale = new Map<string, Answer>();
      proxy.intercept = async (asked, forward) => {
        const answer = await forward();
        if (asked.method === method) stale.set(`${asked.method} ${asked.url}`, answer);
        return answer;
      };
      // Answer of the store while the file is there.
      expect((await backend.write(path, "x")).error).toContain(`'${gone}' is in the way`);
      proxy.reset();
      await backend.delete(gone);
      proxy.intercept = (asked, forward) => {
        const request = `${asked.method} ${asked.url}`;
        const answer = stale.get(request);
        stale.delete(request);
        return answer ?? forward();
      };
      expect(await backend.write(path, "x")).not.toHaveProperty("error");
      await backend.delete(path);
    }
  });

  it("a directory being emptied is no conflict, and one that persists and lists nothing is", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "emptied" });
    let refusals = 2;
    proxy.intercept = (asked, forward) =>
      asked.method === "PUT" && refusals-- > 0 ? failure(409, "ExistingObjectIsDirectory") : forward();
    expect(await backend.write("/d", "x")).not.toHaveProperty("error");
    refusals = Number.POSITIVE_INFINITY;
    expect((await backend.write("/e", "x")).error).toContain("it has a directory there, or a file above");
  });
});

describe("where the store lists both", () => {
  const flat = useBucket();
  const client = flatStoreClient(flat);
  const open = (name: string, pathConflicts: "auto" | "refuse" = "auto") =>
    flat.backend({ client, prefix: name, pathConflicts });
  afterAll(() => client.destroy());

  it("both may exist, unless the option refuses it", async () => {
    const auto = open("both");
    await auto.write("/d", "file");
    expect(await auto.write("/d/f.txt", "below")).not.toHaveProperty("error");
    expect(auto.capabilities.fileAndDirectory).toBe(true);
    const refuse = open("both", "refuse");
    expect((await refuse.write("/d/g.txt", "x")).error).toContain("'/d' is in the way");
    expect(refuse.capabilities.fileAndDirectory).toBe(false);
    expect(paths(await auto.ls("/"))).toEqual(["/d", "/d/"]);
    expect(await auto.delete("/d/")).not.toHaveProperty("error");
    expect(paths(await auto.glob("**"))).toEqual(["/d"]);
  });

  defineBackendTests({
    name: "S3Backend on a store that shows both",
    timeoutMs: CASE_TIMEOUT_MS,
    async create({ name }) {
      const backend = open(name);
      // Only then it is known what the store shows.
      await backend.initialize();
      return backend;
    },
    capabilities: { ownRoot: true },
    only: ["path-conflicts/", "model/path-conflicts/"],
  });
});
