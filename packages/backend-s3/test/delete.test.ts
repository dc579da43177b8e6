import { type Answer, failure, type ProxiedRequest, withBody } from "@deepagents-internal/testing/s3-proxy";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { S3Backend } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
let direct: S3Backend;
let backend: S3Backend;

beforeAll(async () => {
  direct = bucket.backend();
  backend = bucket.backend({ endpointUrl: proxy.endpointUrl });
  await Promise.all([direct.initialize(), backend.initialize()]);
});
beforeEach(() => direct.delete("/"));

const isDelete = ({ method, url }: ProxiedRequest) =>
  method === "DELETE" || (method === "POST" && url.includes("delete"));

const fill = async (...paths: string[]) => {
  const answers = await direct.uploadFiles(paths.map((path) => [path, Buffer.from("x")]));
  expect(answers.filter(({ error }) => error)).toEqual([]);
};

const files = async () => (await direct.glob("**")).files?.map(({ path }) => path);

describe("the delete of a directory", () => {
  it("ends while other writers keep writing into it", async () => {
    await fill("/d/a.txt", "/d/b.txt");
    let deletions = 0;
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      // One that never ends is let go in the end.
      if (isDelete(asked) && deletions++ < 20) await fill(`/d/new-${deletions}.txt`);
      return answer;
    };
    expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
    expect(deletions).toBe(1);
    expect(await files()).toEqual(["/d/new-1.txt"]);
  });

  it("deletes files that a listing shows only after the ones before them are gone", async () => {
    // Both exist in the storage after a race; MinIO shows "d/f/g" when "d/f" is gone.
    await fill("/d/f/g", "/d/z");
    let isFirst = true;
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!asked.url.includes("list-type") || !isFirst) return answer;
      isFirst = false;
      return withBody(answer, `${answer.body}`.replace("<Key>d/f/g</Key>", "<Key>d/f</Key>"));
    };
    expect(await backend.delete("/d")).not.toHaveProperty("error");
    expect(await files()).toEqual([]);
  });

  it("keeps files that were created while its listing is repeated, and those that may be newer", async () => {
    await fill("/d/0", "/d/1", "/d/2", "/d/3");
    let [listed, lost] = [0, 0];
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (asked.url.includes("list-type") && listed++ === 0) return firstPage(answer);
      if (!isDelete(asked) || lost++ > 0) return answer;
      await fill("/d/0", "/d/0-new");
      return "reset";
    };
    // The last two were not listed when the answer was lost, and are too young to tell them from newer ones.
    expect((await backend.delete("/d")).error).toContain("2 files are there that may be newer");
    expect(await files()).toEqual(["/d/0", "/d/0-new", "/d/2", "/d/3"]);
  });
});

/** A listing that ends after two files, and says that there are more. */
function firstPage(answer: Answer): Answer {
  let files = 0;
  const page = `${answer.body}`
    .replaceAll(/<Contents>.*?<\/Contents>/gs, (file) => (files++ < 2 ? file : ""))
    .replace("<IsTruncated>false<", "<NextContinuationToken>more</NextContinuationToken><IsTruncated>true<");
  return withBody(answer, page);
}

describe("the delete of a file", () => {
  it("names the version that it read, and continues if the store lacks conditional deletions", async () => {
    const conditions: unknown[] = [];
    for (const answer of [undefined, failure(501, "NotImplemented")]) {
      await fill("/a.txt");
      proxy.intercept = async (asked, forward) => {
        if (!isDelete(asked)) return forward();
        conditions.push(typeof asked.headers["if-match"]);
        return (asked.headers["if-match"] && answer) || forward();
      };
      expect(await backend.delete("/a.txt")).not.toHaveProperty("error");
    }
    expect(conditions).toEqual(["string", "string", "undefined"]);
    expect(await files()).toEqual([]);
  });

  it("re-reads after a concurrent write, and keeps a new file", async () => {
    await fill("/a.txt", "/b.txt");
    for (const [path, meanwhile] of [
      ["/a.txt", () => direct.edit("/a.txt", "x", "y")],
      ["/b.txt", () => direct.delete("/b.txt").then(() => direct.write("/b.txt", "new"))],
    ] as const) {
      let isFirst = true;
      proxy.intercept = async (asked, forward) => {
        if (!isDelete(asked) || !isFirst) return forward();
        isFirst = false;
        await meanwhile();
        return failure(412, "PreconditionFailed");
      };
      await backend.delete(path);
    }
    expect(await files()).toEqual(["/b.txt"]);
  });
});
