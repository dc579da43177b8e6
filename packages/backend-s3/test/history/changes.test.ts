import { withBody } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
useVersioning(bucket);
const proxy = useProxy(bucket);

const at = (checkpoint: string, thread = "t1") => ({ thread, checkpoint });

describe("changes", () => {
  it("page in order, by thread too, without loss or repetition", async () => {
    const { write, upload, delete: remove, history, changes } = historyStore(bucket, "changes");
    for (let i = 0; i < 12; i++) {
      await write(`f${i % 4}.txt`, `${i}`, at(`c${i}`, `t${i % 3}`));
      await upload(`f${i % 4}.txt`, `${i}`);
    }
    await remove("f0.txt", at("c12", "t0"));
    const all = await changes();
    expect(all).toHaveLength(13);
    const paged = async (limit: number, thread?: string) => {
      const found = [];
      let since: string | undefined;
      for (;;) {
        const page = await history.changes("", { ...call, limit, since, thread });
        if (page.length === 0) return found;
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page);
        since = page.at(-1)!.id;
      }
    };
    for (const limit of [1, 2, 5, 13]) expect(await paged(limit)).toEqual(all);
    expect(await paged(2, "t0")).toEqual(all.filter(({ by }) => by?.thread === "t0"));
    expect(all.filter(({ by }) => by?.thread === "t0")).toHaveLength(5);
    expect(await history.changes("f1", { ...call, limit: 9 })).toHaveLength(3);
    expect(await history.changes("", { ...call, limit: 9, since: "x" })).toEqual([]);
    // Each change replayed in order gives the present.
    const replayed = new Map(all.map(({ key, id, kind }) => [key, kind === "delete" ? undefined : id]));
    for (const [key, id] of replayed) {
      const now = (await history.versions(key, { ...call, limit: 1 }))[0]!;
      expect(now.kind === "delete" ? undefined : now.id).toBe(id);
    }
  });

  it("go on behind a version that was erased since, and lose none of its time", async () => {
    const { write, history, changes, versions } = historyStore(bucket, "erased-cursor");
    await write("b.txt", "1");
    await write("a.txt", "1");
    await write("b.txt", "2");
    await write("c.txt", "1");
    const [, , second, third] = await changes();
    const [, first] = await versions("b.txt");
    const since = first!.id;
    await history.erase("b.txt", { ...call, scope: "file", before: new Date(Date.now() + 60_000) });
    expect(await versions("b.txt")).toHaveLength(1);
    const later = await history.changes("", { ...call, limit: 9, since });
    expect(later.slice(-2)).toMatchObject([
      { key: "b.txt", id: second!.id },
      { key: "c.txt", id: third!.id },
    ]);
    expect(later.map(({ key }) => key)).toEqual(["a.txt", "b.txt", "c.txt"]);
  });

  it("name the current version where the same content was stored several times", async () => {
    const { write, upload, changes, get, delete: remove } = historyStore(bucket, "same-content");
    for (const key of ["a.txt", "b.txt", "c.txt"]) {
      for (let i = 0; i < 3; i++) await upload(key, "1");
    }
    await write("b.txt", "2");
    await remove("c.txt", { user: "ann" });
    const found = (await changes()).map(({ key, kind, current }) => ({ key, kind, current }));
    expect(found).toEqual([
      { key: "a.txt", kind: "upload", current: (await get("a.txt"))!.version },
      { key: "b.txt", kind: "upload", current: undefined },
      { key: "c.txt", kind: "upload", current: undefined },
      { key: "b.txt", kind: "write", current: (await get("b.txt"))!.version },
      { key: "c.txt", kind: "delete", current: undefined },
    ]);
  });

  it("of one second wait until it is over, since others may come before them in the order", async () => {
    // A clock that stands still.
    let time = Math.floor(Date.now() / 1_000) * 1_000;
    const stand = () => new Date(time);
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      const headers = { ...answer.headers, date: stand().toUTCString() };
      if (!/[?&]versions/.test(asked.url)) return { ...answer, headers };
      const body = `${answer.body}`.replace(
        /(<LastModified>)[^<]*/g,
        (_, tag) => tag + new Date(first).toISOString(),
      );
      return withBody({ ...answer, headers }, body);
    };
    const first = time;
    const { write, history } = historyStore(bucket, "held", { endpointUrl: proxy.endpointUrl });
    const page = (since?: string) => history.changes("", { ...call, limit: 1, since });
    await write("m.txt", "1");
    expect(await page()).toEqual([]);
    await write("a.txt", "1");
    time += 1_000;
    const [a] = await page();
    expect(a).toMatchObject({ key: "a.txt" });
    expect(await page(a!.id)).toMatchObject([{ key: "m.txt" }]);
  });

  it("go on behind 10,000 versions of one time", async () => {
    const { history, open, write } = historyStore(bucket, "many", { endpointUrl: proxy.endpointUrl });
    await open();
    await write("00000.txt", "1");
    const COUNT = 10_500;
    const at = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
    const name = (i: number) => `${String(i).padStart(5, "0")}.txt`;
    const versions = Array.from({ length: COUNT }, (_, i) => {
      const common = `<Key>many/${name(i)}</Key><VersionId>v${i}</VersionId><IsLatest>true</IsLatest>`;
      return `<Version>${common}<LastModified>${at.toISOString()}</LastModified><ETag>"e"</ETag><Size>1</Size></Version>`;
    });
    const listing = `<ListVersionsResult><Name>${bucket.name}</Name><IsTruncated>false</IsTruncated>${versions.join("")}</ListVersionsResult>`;
    proxy.intercept = (asked, forward) => {
      if (/[?&]versions/.test(asked.url)) return { status: 200, body: listing };
      if (asked.method === "HEAD") return { status: 200, headers: { etag: '"e"', "content-length": "1" } };
      return forward();
    };
    const since = (i: number) => `${at.getTime().toString(36)}.v${i}`;
    const keysSince = async (i: number, limit: number) =>
      (await history.changes("", { ...call, limit, since: since(i) })).map(({ key }) => key);
    expect(await keysSince(9_998, 3)).toEqual([name(9_999), name(10_000), name(10_001)]);
    expect(await keysSince(10_200, 2)).toEqual([name(10_201), name(10_202)]);
    expect(await keysSince(COUNT - 3, 9)).toEqual([name(COUNT - 2), name(COUNT - 1)]);
    expect(await keysSince(COUNT - 1, 9)).toEqual([]);
  });
});
