import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Literal } from "../../src/text/literal.js";

/** Texts of few characters, long enough for literals that are not searched natively. */
const periodic = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "ab", "é", "😀"), fc.integer({ min: 1, max: 40 })), {
    maxLength: 6,
  })
  .map((runs) => runs.map(([part, count]) => part.repeat(count)).join(""));
const runs = { seed: 1, numRuns: 5_000 };

/** A text, and a literal that is a part of it, perhaps with another end. */
const searched = fc
  .tuple(periodic, periodic, periodic, fc.constantFrom("", "a", "b"))
  .map(([start, literal, end, last]) => ({ text: start + literal + literal + end, literal: literal + last }))
  .filter(({ literal }) => literal !== "");

/** Counts the units of a text that are read, except by native searches. */
function readsOf(text: string, literal: string): number {
  let reads = 0;
  const counted = {
    length: text.length,
    indexOf: (part: string, from: number) => text.indexOf(part, from),
    charCodeAt: (at: number) => {
      reads++;
      return text.charCodeAt(at);
    },
  };
  new Literal(literal).indexOf(counted as unknown as string);
  return reads;
}

describe("Literal", () => {
  it("is found where `indexOf` finds it", () => {
    fc.assert(
      fc.property(searched, fc.nat(50), ({ text, literal }, from) => {
        expect(new Literal(literal).indexOf(text, from)).toBe(text.indexOf(literal, from));
      }),
      runs,
    );
  });

  it("splits as `split` does", () => {
    fc.assert(
      fc.property(searched, ({ text, literal }) => {
        expect(new Literal(literal).split(text)).toEqual(text.split(literal));
      }),
      runs,
    );
  });

  it("may be in the bytes of every text that contains it", () => {
    fc.assert(
      fc.property(searched, ({ text, literal }) => {
        const isFound = text.isWellFormed() && literal.isWellFormed() && text.includes(literal);
        expect(isFound && !new Literal(literal).mayBeIn(Buffer.from(text))).toBe(false);
      }),
      runs,
    );
    expect(new Literal("needle").mayBeIn(Buffer.from("hay"))).toBe(false);
  });

  it("reads each character of a hostile text once", () => {
    const [text, half] = ["a".repeat(100_000), "a".repeat(1_000)];
    expect(readsOf(text, `${half}b${half}`)).toBeLessThanOrEqual(text.length);
    expect(readsOf(`${half}c`.repeat(100), `${half}b`)).toBeLessThanOrEqual(101_000);
    expect(readsOf("an ordinary text\n".repeat(10_000), "a literal of more than a line of text")).toBe(0);
  });
});
