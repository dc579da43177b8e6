import { describe, expect, it } from "@jest/globals";
import { LargeParameters } from "../../src/connection/large-parameters.js";
import { MessageWriter } from "../../src/connection/message-writer.js";
import { asTexts } from "../../src/connection/parameters.js";

const LARGE = "„a line“\n".repeat(200_000);

/** A `Bind` message with one parameter. */
function bind(parameter: string): Buffer {
  const value = Buffer.from(parameter);
  const body = Buffer.alloc(14 + value.length);
  body.writeUInt16BE(1, 4);
  body.writeInt32BE(value.length, 6);
  value.copy(body, 10);
  const head = Buffer.from("B____");
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

describe("a text as its UTF-8", () => {
  const parameter = { utf8: Buffer.from(LARGE) };

  it("is a string for a caller's client, or if it is small", async () => {
    expect((await asTexts([parameter], undefined)).texts[0] === LARGE).toBe(true);
    const small = await asTexts([{ utf8: Buffer.from("„a“") }, null, "b"], new LargeParameters());
    expect(small).toEqual({ texts: ["„a“", null, "b"], tokens: [] });
  });

  it("is written unchanged, in slices", async () => {
    const large = new LargeParameters();
    const { texts, tokens } = await asTexts([parameter], large);
    expect(tokens).toEqual(texts);
    const written: Buffer[] = [];
    const writer = new MessageWriter((data, _, done) => {
      written.push(Buffer.from(data as Uint8Array));
      (done as (() => void) | undefined)?.();
      return true;
    }, large);
    writer.write(bind(tokens[0]!));
    while (writer.isStreaming) await new Promise((resolve) => setImmediate(resolve));
    expect(Buffer.concat(written).equals(bind(LARGE))).toBe(true);
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThanOrEqual(256 * 1024);
  });
});
