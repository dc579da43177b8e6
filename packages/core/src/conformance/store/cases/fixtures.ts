/** Texts that may be changed on their way to a storage, each with a description. */
export const AWKWARD_TEXTS: Readonly<Record<string, string>> = {
  empty: "",
  nul: "a\0b\0\n",
  crlf: "one\r\ntwo\rthree\n",
  bom: "\ufeffone\n",
  "no-final-newline": "one\ntwo",
  newlines: "\n\n\n",
  spaces: "  one \t\n ",
  "line-separators": "one\u2028two\u2029three\u0085four\ffive\vsix\n",
  astral: "\u{1f600} \u{10ffff} \uffff \ufffd\n",
  "unicode-forms": "caf\u00e9 cafe\u0301\n",
  controls: "\u0001\u001b[0m\u007f\n",
  json: '{"content":["one"],"created_at":"2026-01-01T00:00:00.000Z"}',
  quotes: "'one' \"two\" `three` \\ \\n \\u0000 $1 $& %s {{x}}\n",
};

/** Generates more than 1,000 names, in code-point order. */
export const manyNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${String(i).padStart(5, "0")}.txt`);

/** Returns a generator of random numbers from 0 to below 1, the same in each run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    // Constants from Numerical Recipes, chapter 7.1.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
