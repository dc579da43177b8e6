import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "../files/hash.js";
import { writeLocal } from "../files/local.js";
import { CommandError } from "../support/exit.js";

/** Name of the file that keeps the state, in the local folder. */
export const STATE_FILE = ".deepagents-sync.json";

/** What was known of a workspace's file. */
export interface Seen {
  readonly hash: Hash;
  readonly size?: number | undefined;
  /** Time of its last change, by the service's clock. */
  readonly modified: string;
  /** Local time at which it was fetched, in milliseconds. */
  readonly at: number;
}

/** What both sides had in common after the last run, by relative path. */
export interface SyncState {
  readonly base: Map<string, Hash>;
  readonly seen: Map<string, Seen>;
}

/**
 * Reads the state of a folder; an empty one if it was never synchronized.
 * @param workspace Name of the workspace and path in it.
 * @throws CommandError `usage` if the folder belongs to another workspace.
 */
export async function readState(folder: string, workspace: string): Promise<SyncState> {
  const file = join(folder, STATE_FILE);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return { base: new Map(), seen: new Map() };
  const state = parse(text);
  if (state?.version !== 1)
    throw new CommandError("usage", `${file} cannot be read. Without it, nothing is deleted.`);
  if (state.workspace !== workspace) {
    throw new CommandError(
      "usage",
      `${folder} is synchronized with ${state.workspace}, not with ${workspace}.`,
    );
  }
  return { base: new Map(state.base), seen: new Map(state.seen) };
}

interface Stored {
  readonly version: 1;
  readonly workspace: string;
  readonly base: [string, Hash][];
  readonly seen: [string, Seen][];
}

function parse(text: string): Stored | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes the state of a folder. */
export async function writeState(folder: string, workspace: string, state: SyncState): Promise<void> {
  const stored: Stored = { version: 1, workspace, base: [...state.base], seen: [...state.seen] };
  await writeLocal(folder, join(folder, STATE_FILE), Buffer.from(`${JSON.stringify(stored)}\n`));
}
