import { Socket } from "node:net";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { PostgresBackend, type PostgresBackendOptions, PostgresFileStore } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
const MB = 1024 * 1024;
const SLICE = 3 * 64 * 1024;
const SIZE = 6 * MB;

/** No slice is like another: the pattern has a prime length. */
const bytes = (length: number) => Buffer.alloc(length, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
const TEXTS: Readonly<Record<string, string>> = {
  ascii: "a line of text\n".repeat(300_000),
  umlauts: `x${"äöüß„“\n".repeat(400_000)}`,
  // Begins at each remainder of a slice, so that some of them ends between its halves.
  surrogates: ["", "a", "ab", "abc"].map((start) => start + "😀".repeat(300_000)).join("\n"),
  nul: `\0${"NUL\0\n".repeat(300_000)}`,
};
const CONTENTS: readonly (readonly [string, Buffer])[] = [
  ...Object.entries(TEXTS).map(([name, text]) => [`/${name}.log`, Buffer.from(text)] as const),
  ...[MB, MB + 1, 8 * SLICE - 1, 8 * SLICE, 8 * SLICE + 1].map(
    (length) => [`/${length}.bin`, bytes(length)] as const,
  ),
  ["/small.bin", bytes(10)],
];

describe("large files", () => {
  it.each<[string, PostgresBackendOptions | "sql"]>([
    ["with prepared statements", { maxPoolSize: 2 }],
    ["without", { prepare: false }],
    ["by a caller's client", "sql"],
  ])("are stored byte by byte, %s", async (name, options) => {
    const table = `stored_${name.length}`;
    const backend =
      options === "sql"
        ? new PostgresBackend({ sql: database.pool(), table })
        : database.backend({ table, ...options });
    // Twice: a prepared statement is sent in another way the second time.
    for (let i = 0; i < 2; i++) {
      const answers = await backend.uploadFiles(CONTENTS.map(([path, content]) => [path, content]));
      expect(answers.filter(({ error }) => error)).toEqual([]);
    }
    for (const [path, content] of CONTENTS) {
      const [row] =
        await database.sql`SELECT bytes, size FROM ${database.sql(table)} WHERE path = ${path.slice(1)}`;
      expect([path, Number(row?.size)]).toEqual([path, content.length]);
      expect(row?.bytes.equals(content)).toBe(true);
    }
    const text = TEXTS.surrogates!;
    expect((await backend.write("/written.log", text)).error).toBeUndefined();
    expect((await backend.edit("/written.log", "abc😀", "😀")).error).toBeUndefined();
    expect((await backend.readRaw("/written.log")).data?.content === text.replace("abc😀", "😀")).toBe(true);
    await backend.close();
  });
});

type SocketWrite = (data: Buffer | string, encoding: string, done: () => void) => void;

/** Does something in place of a write to the server, in the middle of the first large files. */
function inTheMiddle(act: (socket: Socket) => void, times = 1): void {
  const port = Number(new URL(database.url).port);
  const prototype = Socket.prototype as unknown as { _write: SocketWrite };
  const write = prototype._write;
  const written = new Map<Socket, number>();
  let remaining = times;
  jest.spyOn(prototype, "_write").mockImplementation(function (this: unknown, data, encoding, done) {
    const socket = this as Socket;
    const bytes = (written.get(socket) ?? 0) + data.length;
    written.set(socket, bytes);
    if (socket.remotePort !== port || bytes < SIZE / 2 || remaining === 0) {
      write.call(socket as never, data, encoding, done);
      return;
    }
    remaining--;
    act(socket);
  });
}
afterEach(() => {
  jest.restoreAllMocks();
});

const breaks = (socket: Socket) => void socket.destroy(Object.assign(new Error(), { code: "ECONNRESET" }));
/** Accepts no more data, so that the write does not end. */
const stalls = () => {};

describe("a large file in transit", () => {
  const call = () => ({ signal: AbortSignal.timeout(60_000), root: "" });
  const change = (key: string) => ({
    key,
    id: `id of ${key}`,
    condition: "overwrite" as const,
    content: bytes(SIZE),
  });

  it("is known not to be stored if its connection is lost", async () => {
    inTheMiddle(breaks);
    const store = new PostgresFileStore({ url: database.url, sharePool: false });
    await store.open(call());
    expect(await store.put([change("lost.bin")], call())).toMatchObject([{ code: "unavailable" }]);
    expect(await store.get(["lost.bin"], call())).toEqual([undefined]);
    expect(await store.put([change("lost.bin")], call())).toMatchObject([{ done: true }]);
    await store.close();
  });

  it("is sent again", async () => {
    inTheMiddle(breaks, 2);
    const backend = database.backend();
    expect(await backend.uploadFiles([["/again.bin", bytes(SIZE)]])).toMatchObject([{ error: null }]);
    const [answer] = await backend.downloadFiles(["/again.bin"]);
    expect(bytes(SIZE).equals(answer!.content!)).toBe(true);
    await backend.close();
  });

  it("times out if the server accepts no more data, and the next one is stored", async () => {
    inTheMiddle(stalls);
    const settings = { sharePool: false, statementTimeoutMs: scaled(3_000), maxPoolSize: 1 };
    const store = new PostgresFileStore({ url: database.url, ...settings });
    await store.open(call());
    expect(await store.put([change("stalled.bin")], call())).toMatchObject([
      { code: "timeout", message: "The statement took too long and was canceled." },
    ]);
    expect(await store.put([change("next.bin")], call())).toMatchObject([{ done: true }]);
    expect(await store.get(["stalled.bin"], call())).toEqual([undefined]);
    await store.close();
  });
});
