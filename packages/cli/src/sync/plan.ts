import type { Hash } from "../files/hash.js";
import { byCodePoints } from "../files/order.js";

/** What is done about a file that one or both sides have changed. */
export type ActionKind =
  | "upload"
  | "download"
  | "delete-local"
  | "delete-remote"
  /** Both sides changed it: the local content moves to another name, on both sides. */
  | "conflict";

/** One file to synchronize. */
export interface Action {
  readonly path: string;
  readonly kind: ActionKind;
  readonly local: Hash | undefined;
  readonly remote: Hash | undefined;
}

/** What both sides do about all files. */
export interface Plan {
  readonly actions: readonly Action[];
  /** What both sides have in common already. */
  readonly base: Map<string, Hash>;
}

type Contents = ReadonlyMap<string, Hash>;

/**
 * Compares both sides with what they had in common. A change wins over a deletion.
 * @param base Contents after the last run.
 */
export function planSync(base: Contents, local: Contents, remote: Contents): Plan {
  const actions: Action[] = [];
  const common = new Map<string, Hash>();
  const paths = new Set([...base.keys(), ...local.keys(), ...remote.keys()]);
  for (const path of [...paths].sort(byCodePoints)) {
    const [was, here, there] = [base.get(path), local.get(path), remote.get(path)];
    if (here === there) {
      if (here !== undefined) common.set(path, here);
      continue;
    }
    if (was !== undefined) common.set(path, was);
    actions.push({ path, kind: kindOf(was, here, there), local: here, remote: there });
  }
  return { actions, base: common };
}

function kindOf(was: Hash | undefined, here: Hash | undefined, there: Hash | undefined): ActionKind {
  if (here === was) return there === undefined ? "delete-local" : "download";
  if (there === was) return here === undefined ? "delete-remote" : "upload";
  if (here === undefined) return "download";
  return there === undefined ? "upload" : "conflict";
}

/** Returns the name for the local content of a conflict: `notes.conflict-1a2b3c4d5e6f.md`. */
export function conflictName(path: string, hash: Hash): string {
  const dot = path.lastIndexOf(".");
  // A dot at the start of the name begins no extension.
  const end = dot > path.lastIndexOf("/") + 1 ? dot : path.length;
  return `${path.slice(0, end)}.conflict-${hash.slice(0, 12)}${path.slice(end)}`;
}
