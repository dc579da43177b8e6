import { S3Client } from "@aws-sdk/client-s3";
import type { ProxiedRequest } from "@deepagents-internal/testing/s3-proxy";
import { RemoteBackend } from "@deepagents-remote/core";
import { type FileStore, layer } from "@deepagents-remote/core/adapter";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type S3Backend, S3FileStore } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
let direct: S3Backend;
let writers: S3Backend[];

beforeAll(async () => {
  direct = bucket.backend();
  writers = Array.from({ length: 4 }, () => bucket.backend({ endpointUrl: proxy.endpointUrl }));
  await Promise.all([direct, ...writers].map((backend) => backend.initialize()));
});

/** Loses the answers of three in twenty requests that the store has carried out. */
const lose = (isMeant: (asked: ProxiedRequest) => boolean) => {
  const count = { answers: 0, lost: 0 };
  proxy.intercept = async (asked, forward) => {
    const answer = await forward();
    if (!isMeant(asked) || answer.status >= 300) return answer;
    if (![6, 13, 19].includes(count.answers++ % 20)) return answer;
    count.lost++;
    return "reset";
  };
  return count;
};

const isPut = ({ method }: ProxiedRequest) => method === "PUT";
const isDelete = ({ method, url }: ProxiedRequest) =>
  method === "DELETE" || (method === "POST" && url.includes("delete"));

/** Ten calls of each of the four writers; gives what went wrong. */
const tenTimes = async (run: (writer: S3Backend, i: number) => Promise<{ error?: unknown }>) => {
  const errors = await Promise.all(
    writers.map(async (writer, k) => {
      const all = [];
      for (let i = 0; i < 10; i++) all.push((await run(writer, k * 10 + i)).error);
      return all;
    }),
  );
  return errors.flat().filter(Boolean);
};

const upload = async (backend: S3Backend | RemoteBackend, path: string, text: string) =>
  (await backend.uploadFiles([[path, Buffer.from(text)]]))[0]!;

const textOf = async (path: string) => (await direct.readRaw(path)).data?.content;

describe("with three answers of twenty lost", () => {
  it("applies 200 edits by 4 writers exactly once each", async () => {
    await direct.write("/edit.txt", "n");
    const puts = lose(isPut);
    const edit = async (writer: S3Backend) => {
      for (let i = 0; i < 4; i++) await writer.edit("/edit.txt", "n", "n+");
      return writer.edit("/edit.txt", "n", "n+");
    };
    expect(await tenTimes(edit)).toEqual([]);
    expect(await textOf("/edit.txt")).toBe(`n${"+".repeat(200)}`);
    expect(puts).toEqual({ answers: 200, lost: 30 });
  });

  it("reports no create as an existing file", async () => {
    const puts = lose(isPut);
    expect(await tenTimes((writer, i) => writer.write(`/created/${i}.txt`, "x"))).toEqual([]);
    expect(puts).toEqual({ answers: 40, lost: 6 });
    expect((await writers[0]!.write("/created/6.txt", "y")).error).toContain("already exists");
  });

  it("applies no upload twice", async () => {
    for (const text of ["old", "new"]) {
      const puts = lose(isPut);
      expect(await tenTimes((writer, i) => upload(writer, `/uploaded/${i}.txt`, text))).toEqual([]);
      expect(puts).toEqual({ answers: 40, lost: 6 });
    }
    expect((await direct.grep("new", "/uploaded")).matches).toHaveLength(40);
  });

  it("a repeated delete that finds nothing has succeeded", async () => {
    const files = Array.from({ length: 40 }, (_, i) => ["a", "b"].map((name) => `/gone/${i}/${name}.txt`));
    await direct.uploadFiles(files.flat().map((path) => [path, Buffer.from("x")]));
    const deletions = lose(isDelete);
    expect(await tenTimes((writer, i) => writer.delete(`/gone/${i}${i % 2 ? "" : "/a.txt"}`))).toEqual([]);
    // A deletion whose answer was lost is not repeated: the second attempt finds nothing to delete.
    expect(deletions).toEqual({ answers: 40, lost: 6 });
    expect((await direct.glob("**", "/gone")).files).toHaveLength(20);
    proxy.reset();
    expect((await writers[0]!.delete("/gone/0/a.txt")).error).toContain("not found");
  });
});

describe("a change whose response is lost", () => {
  /** Loses the answer of the first PUT, after something else has happened. */
  const loseFirst = (meanwhile: () => Promise<{ error?: unknown }>) => {
    let isFirst = true;
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!isPut(asked) || answer.status !== 200 || !isFirst) return answer;
      isFirst = false;
      expect((await meanwhile()).error ?? null).toBe(null);
      return "reset";
    };
  };

  it("does not undo a later upload", async () => {
    await direct.write("/aba.txt", "old");
    loseFirst(() => upload(direct, "/aba.txt", "B"));
    expect(await upload(writers[0]!, "/aba.txt", "A")).toEqual({ path: "/aba.txt", error: null });
    expect(await textOf("/aba.txt")).toBe("B");
  });

  it("does not undo a later edit", async () => {
    loseFirst(() => direct.edit("/edited.txt", "A", "A, B"));
    expect(await upload(writers[0]!, "/edited.txt", "A")).toMatchObject({ error: null });
    expect(await textOf("/edited.txt")).toBe("A, B");
  });

  it("has created a file, although another writer has replaced it", async () => {
    loseFirst(() => upload(direct, "/create.txt", "B"));
    expect(await writers[0]!.write("/create.txt", "A")).toEqual({ path: "/create.txt", filesUpdate: null });
    expect(await textOf("/create.txt")).toBe("B");
  });

  it("has edited a file, although another writer has replaced it", async () => {
    await direct.write("/replaced.txt", "A");
    loseFirst(() => upload(direct, "/replaced.txt", "A B"));
    expect(await writers[0]!.edit("/replaced.txt", "A", "A+")).toMatchObject({ occurrences: 1 });
    expect(await textOf("/replaced.txt")).toBe("A B");
  });

  it("has edited a file, although another writer has undone it byte for byte", async () => {
    const options = { format: "raw", endpointUrl: proxy.endpointUrl } as const;
    await upload(bucket.backend(options), "/undone.txt", "A");
    loseFirst(() => direct.edit("/undone.txt", "A+", "A"));
    expect(await bucket.backend(options).edit("/undone.txt", "A", "A+")).toMatchObject({ occurrences: 1 });
    expect(await textOf("/undone.txt")).toBe("A");
  });

  it("is not undone by a layer that rewrites the caller's changes", async () => {
    const store = new S3FileStore({
      bucket: bucket.name,
      ...bucket.connection,
      endpointUrl: proxy.endpointUrl,
    });
    const copying: FileStore = layer(store, {
      put: (changes, options) =>
        store.put(
          changes.map((change) => ({ ...change })),
          options,
        ),
    });
    const backend = new RemoteBackend(copying);
    loseFirst(() => upload(direct, "/layer.txt", "B"));
    expect(await upload(backend, "/layer.txt", "A")).toMatchObject({ error: null });
    expect(await textOf("/layer.txt")).toBe("B");
    await backend.close();
  });

  it("has deleted files, and does not delete files created since", async () => {
    await direct.write("/deleted.txt", "old");
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!isDelete(asked)) return answer;
      proxy.reset();
      expect(await direct.write("/deleted.txt", "new")).not.toHaveProperty("error");
      return "reset";
    };
    expect(await writers[0]!.delete("/deleted.txt")).toEqual({ path: "/deleted.txt", filesUpdate: null });
    expect(await textOf("/deleted.txt")).toBe("new");
  });

  it("has deleted nothing, and deletes the file although others have edited it since", async () => {
    await direct.write("/undeleted.txt", "old");
    proxy.intercept = async (asked, forward) => {
      if (!isDelete(asked)) return forward();
      proxy.reset();
      expect(await direct.edit("/undeleted.txt", "old", "new")).toMatchObject({ occurrences: 1 });
      return "reset";
    };
    expect(await writers[0]!.delete("/undeleted.txt")).not.toHaveProperty("error");
    expect((await direct.read("/undeleted.txt")).error).toContain("not found");
  });

  it("is applied once even by a client with its own retries", async () => {
    const { accessKeyId, secretAccessKey, region } = bucket.connection;
    const client = new S3Client({
      endpoint: proxy.endpointUrl,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      maxAttempts: 3,
    });
    const backend = bucket.backend({ client });
    loseFirst(() => upload(direct, "/client.txt", "B"));
    expect(await upload(backend, "/client.txt", "A")).toMatchObject({ error: null });
    expect(await textOf("/client.txt")).toBe("B");
    loseFirst(async () => ({}));
    expect(await backend.edit("/client.txt", "B", "B+")).toMatchObject({ occurrences: 1 });
    loseFirst(async () => ({}));
    expect(await backend.write("/client2.txt", "x")).not.toHaveProperty("error");
    expect(await textOf("/client.txt")).toBe("B+");
    client.destroy();
  });
});
