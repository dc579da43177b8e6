import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { failure } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
useVersioning(bucket);
const proxy = useProxy(bucket);

const WRITERS = Array.from({ length: 20 }, (_, i) => i);

describe("20 writers with 50 edits each of one file", () => {
  it("make exactly 1,000 versions, which replayed give every state", async () => {
    const backends = WRITERS.map((i) =>
      bucket.backend({
        prefix: "race",
        history: { by: () => ({ agent: `writer-${i}` }) },
        operationTimeoutMs: 300_000,
      }),
    );
    await backends[0]!.write("/a.txt", "|\n");
    await Promise.all(
      backends.map(async (backend, i) => {
        for (let n = 0; n < 50; n++) {
          expect(await backend.edit("/a.txt", "|", `|<${i}.${n}>`)).toMatchObject({ occurrences: 1 });
        }
      }),
    );
    const { versions, history } = historyStore(bucket, "race");
    const entries = (await versions("a.txt", 2_000)).toReversed();
    expect(entries).toHaveLength(1_001);
    let text = "|\n";
    for (const [i, { id, by, kind, size }] of entries.entries()) {
      const { content } = (await history.getVersion("a.txt", id, call))!;
      if (i > 0) {
        // Each state is the one before with one edit, by the author of the version.
        const [, mark, writer] = /^\|(<(\d+)\.\d+>)/.exec(content as string)!;
        expect(content).toBe(text.replace("|", `|${mark}`));
        expect([by, kind]).toEqual([{ agent: `writer-${writer}` }, "edit"]);
      }
      text = content as string;
      expect(size).toBe(text.length);
    }
    expect((await backends[0]!.readRaw("/a.txt")).data?.content).toBe(text);
    expect(new Set(text.match(/<\d+\.\d+>/g)).size).toBe(1_000);
  }, 600_000);
});

describe("lost answers", () => {
  it("leave no change without its version, and no version without its change", async () => {
    const backend = await openThrough(proxy, bucket, {
      prefix: "lost",
      history: { by: () => ({ user: "ann" }) },
    });
    // Every third answer to a change is lost; every fifth change is refused.
    let changes = 0;
    proxy.intercept = async (asked, forward) => {
      if (!["PUT", "DELETE"].includes(asked.method)) return forward();
      changes++;
      if (changes % 5 === 0) return failure(503, "SlowDown");
      const answer = await forward();
      return changes % 3 === 0 ? "reset" : answer;
    };
    const expected: (string | undefined)[] = [];
    for (let i = 0; i < 10; i++) {
      for (const text of [`${i}`, `${i}+`, `${i}++`]) {
        const answer =
          expected.length === 0 || expected.at(-1) === undefined
            ? await backend.write("/a.txt", text)
            : await backend.edit("/a.txt", expected.at(-1)!, text);
        expect(answer.error).toBeUndefined();
        expected.push(text);
      }
      expect((await backend.delete("/a.txt")).error).toBeUndefined();
      expected.push(undefined);
    }
    expect(changes).toBeGreaterThan(50);
    const { versions, contents } = historyStore(bucket, "lost");
    expect((await contents("a.txt")).toReversed()).toEqual(expected);
    const kinds = (await versions("a.txt")).toReversed().map(({ kind, by }) => `${kind} ${by?.user}`);
    const round = ["create ann", "edit ann", "edit ann", "delete ann"];
    expect(kinds).toEqual(Array.from({ length: 10 }, () => round).flat());
  });
});

describe("kill -9 of a client", () => {
  it("leaves no change without its version, and no version without its change", async () => {
    const { write, contents, versions, get } = historyStore(bucket, "killed");
    await write("a.txt", "|");
    const script = fileURLToPath(new URL("../fixtures/edits.mjs", import.meta.url));
    const options = JSON.stringify({ bucket: bucket.name, prefix: "killed", ...bucket.connection });
    const acknowledged: string[] = [];
    for (let round = 1; round <= 8; round++) {
      const child = spawn(process.execPath, [script, options], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NODE_NO_WARNINGS: "1" },
      });
      const lines = createInterface({ input: child.stdout });
      let count = 0;
      // Another moment of a request in each round.
      for await (const line of lines) {
        acknowledged.push(line);
        if (++count === 5) {
          for (let i = 0; i < round; i++) await new Promise(setImmediate);
          child.kill("SIGKILL");
        }
      }
    }
    const texts = ((await contents("a.txt")) as string[]).toReversed();
    for (const [i, text] of texts.entries()) {
      if (i === 0) expect(text).toBe("|");
      else expect(text).toBe(texts[i - 1]!.replace("|", `|${/^\|(<[\d.]+>)/.exec(text)![1]}`));
    }
    expect((await get("a.txt"))!.content).toBe(texts.at(-1));
    // Every acknowledged change has a version, and at most the one in flight was not acknowledged.
    const made = texts.slice(1).map((text) => /^\|(<[\d.]+>)/.exec(text)![1]!);
    expect(acknowledged.filter((mark) => !made.includes(mark))).toEqual([]);
    expect(made.length - acknowledged.length).toBeLessThanOrEqual(8);
    expect(
      (await versions("a.txt"))
        .slice(0, -1)
        .every(({ by, kind }) => by?.agent === "killed" && kind === "edit"),
    ).toBe(true);
  }, 120_000);
});
