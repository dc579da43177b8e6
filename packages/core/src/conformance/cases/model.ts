import type { ConformanceCase } from "../case.js";
import { anyBytes, conflictingNames, exactText, plainText } from "./model/calls.js";
import { tryConcurrentEdits } from "./model/concurrent-edits.js";
import { tryHistory } from "./model/history-sequences.js";
import { trySequences } from "./model/sequences.js";

/** Tests random sequences of operations against a plain model. */
export const modelCases: readonly ConformanceCase[] = [
  {
    id: "model/text/plain",
    rule: "In any sequence of operations on plain text, each answers as on a file system in memory.",
    source: "deepagents",
    run: (t) => trySequences(t, plainText),
  },
  {
    id: "model/text/two-instances",
    rule: "Two instances in turn answer like one: each sees the other's changes immediately.",
    source: "deepagents",
    run: (t) => trySequences(t, plainText, 2),
  },
  {
    id: "model/text/exact",
    rule: "In any sequence of operations, any text is returned as it was written.",
    source: "ours",
    needs: "exactText",
    run: (t) => trySequences(t, exactText),
  },
  {
    id: "model/bytes/any",
    rule: "In any sequence of operations on binary files, their bytes are returned as they were stored.",
    source: "ours",
    needs: ["transfer", "byteFidelity"],
    run: (t) => trySequences(t, anyBytes),
  },
  {
    id: "model/history/text",
    rule: "Whatever the sequence of changes, restores, rewinds and erasures of text, every version of every file and the whole directory at every moment are as they were.",
    source: "ours",
    needs: ["history", "exactText", "delete", "transfer"],
    run: (t) => tryHistory(t, exactText),
  },
  {
    id: "model/history/bytes",
    rule: "Whatever the sequence of changes, restores, rewinds and erasures of binary files, every version and every moment are as they were.",
    source: "ours",
    needs: ["history", "delete", "transfer", "byteFidelity"],
    run: (t) => tryHistory(t, anyBytes),
  },
  {
    id: "model/path-conflicts/refused",
    rule: "In any sequence of creations and deletions, a file and a directory never have the same name at the same time.",
    source: "ours",
    unless: "fileAndDirectory",
    run: (t) => trySequences(t, conflictingNames),
  },
  {
    id: "model/path-conflicts/allowed",
    rule: "In any sequence of creations and deletions under a name that a file and a directory share, neither hides or changes the other.",
    source: "ours",
    needs: "fileAndDirectory",
    run: (t) => trySequences(t, conflictingNames),
  },
  {
    id: "model/races/edits-in-some-order",
    rule: "Random edits of several files, by several concurrent instances, end as they would in sequence.",
    source: "ours",
    needs: "atomic",
    run: tryConcurrentEdits,
  },
];
