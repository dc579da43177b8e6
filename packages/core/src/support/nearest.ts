/** Returns the number of edits that count as a typo: one in short names, two in longer ones. */
const allowedEdits = (word: string): number => (word.length < 6 ? 1 : 2);

/** Finds the word that was probably misspelled: equal but for case and separators, or a few edits away. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const plain = simplify(given);
  const [best] = words
    .map((word) => ({ word, edits: editDistance(plain, simplify(word)) }))
    .filter(({ word, edits }) => edits <= allowedEdits(word))
    .sort((a, b) => a.edits - b.edits);
  return best?.word;
}

const simplify = (word: string): string =>
  word
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 64);

/**
 * Returns the number of insertions, deletions, substitutions and transpositions between two words.
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance (optimal string alignment)
 */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replaced);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) rows[i]![j] = Math.min(rows[i]![j]!, rows[i - 2]![j - 2]! + 1);
    }
  }
  return rows[a.length]![b.length]!;
}
