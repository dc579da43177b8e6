import { describe, expect, it } from "@jest/globals";
import { LargeParameters } from "../../src/connection/large-parameters.js";
import { MessageWriter } from "../../src/connection/message-writer.js";
import { simpleQuery } from "../../src/connection/messages.js";
import { base64Parameter } from "../../src/rows/base64.js";

const SLICE = 3 * 64 * 1024;

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.from(`${type}____`);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function bind(...parameters: (string | null)[]): Buffer {
  const count = Buffer.from([0, 0, 0, parameters.length]);
  const values = parameters.flatMap((parameter) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(parameter === null ? -1 : Buffer.byteLength(parameter));
    return [length, Buffer.from(parameter ?? "")];
  });
  const body = Buffer.concat([Buffer.from("portal\0name\0"), count, ...values, Buffer.from([0, 0])]);
  return message("B", body);
}

const PARSE = message("P", Buffer.from("name\0SELECT $1\0\0\0"));
const EXECUTE = message("E", Buffer.from("\0\0\0\0\0"));

function writer() {
  const written: Buffer[] = [];
  const taken: (() => void)[] = [];
  const parameters = new LargeParameters();
  const made = new MessageWriter((data, encoding, done) => {
    written.push(
      typeof data === "string" ? Buffer.from(data, encoding as BufferEncoding) : Buffer.from(data),
    );
    if (done) taken.push(done as () => void);
    return true;
  }, parameters);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** Takes what is written until nothing more comes; answers how many turns of the event loop that took. */
  const drain = async () => {
    let turns = 0;
    for (; made.isStreaming; turns++) {
      taken.shift()?.();
      await turn();
    }
    return turns;
  };
  return { made, parameters, written, taken, turn, drain };
}

describe("MessageWriter", () => {
  it.each([1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 3 * SLICE + 2])(
    "puts %d bytes in the place of their token",
    async (length) => {
      const { made, parameters, written, drain } = writer();
      const content = new Uint8Array(length).map((_, i) => (i * 31) % 256);
      const token = parameters.add(base64Parameter(content));
      made.write(Buffer.concat([PARSE, bind("„a“", null, token, "", "b"), EXECUTE]));
      await drain();
      const base64 = Buffer.from(content).toString("base64");
      const expected = Buffer.concat([PARSE, bind("„a“", null, base64, "", "b"), EXECUTE]);
      expect(Buffer.concat(written).equals(expected)).toBe(true);
    },
  );

  it("lets other work run between slices, and waits until each is taken", async () => {
    const { made, parameters, written, taken, turn, drain } = writer();
    made.write(bind(parameters.add(base64Parameter(new Uint8Array(10 * SLICE)))));
    for (let i = 0; i < 5; i++) await turn();
    // The head and one slice.
    expect([written.length, taken.length]).toEqual([2, 1]);
    expect(await drain()).toBeGreaterThanOrEqual(10);
  });

  it("buffers what is written meanwhile, including a large parameter", async () => {
    const { made, parameters, written, drain } = writer();
    const content = new Uint8Array(SLICE + 1);
    const base64 = Buffer.from(content).toString("base64");
    made.write(bind(parameters.add(base64Parameter(content))));
    made.write(EXECUTE);
    made.write(bind(parameters.add(base64Parameter(content))));
    made.write(EXECUTE);
    await drain();
    const expected = Buffer.concat([bind(base64), EXECUTE, bind(base64), EXECUTE]);
    expect(Buffer.concat(written).equals(expected)).toBe(true);
  });

  it("writes nothing more once it is stopped", async () => {
    const { made, parameters, written, taken, turn } = writer();
    made.write(bind(parameters.add(base64Parameter(new Uint8Array(3 * SLICE)))));
    made.write(EXECUTE);
    made.stop();
    taken.shift()?.();
    for (let i = 0; i < 5; i++) await turn();
    expect(written).toHaveLength(2);
    expect(made.isStreaming).toBe(true);
  });

  it("leaves everything else unchanged: unknown and ended tokens, and a token within a value or a query", () => {
    const { made, parameters, written } = writer();
    const ended = parameters.add(base64Parameter(new Uint8Array(9)));
    parameters.delete(ended);
    const token = parameters.add(base64Parameter(new Uint8Array(9)));
    const data = Buffer.concat([bind(ended, `${token} `, ` ${token}`), simpleQuery(token)]);
    made.write(data);
    expect(written).toEqual([data]);
  });
});
