import { mkdir, realpath } from "node:fs/promises";
import { hashOf } from "../files/hash.js";
import { CommandError, explain } from "../support/exit.js";
import { readIgnored } from "./ignored.js";
import { LocalSide } from "./local-side.js";
import { type Action, type ActionKind, conflictName, planSync } from "./plan.js";
import { RemoteSide } from "./remote-side.js";
import { readState, type SyncState, writeState } from "./state.js";

/** Result for one file. */
export interface SyncedFile {
  readonly path: string;
  readonly kind: ActionKind;
  /** `changed`: it was changed meanwhile, and is left to the next run. */
  readonly outcome: "done" | "planned" | "changed" | "failed";
  /** Other name of the local content, for a conflict. */
  readonly keptAs?: string;
  readonly error?: string;
}

/** One run of `sync`. */
export interface SyncOptions {
  readonly backend: ConstructorParameters<typeof RemoteSide>[0];
  /** Path of the directory in the workspace, with a slash at its end. */
  readonly root: string;
  /** Local folder, which is created. */
  readonly folder: string;
  /** Name of the workspace, for the state. */
  readonly workspace: string;
  readonly ignore: readonly string[];
  readonly dryRun: boolean;
  /** Allows to delete everything on one side because the other is empty. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly progress: (file: SyncedFile) => void;
}

/** Number of files after which the state is written. */
const SAVE_EVERY = 100;

/**
 * Synchronizes a local folder with a workspace once. Each step checks that the content to be replaced or deleted is the
 * one that was compared.
 * @throws CommandError if a side cannot be read, before anything is changed.
 */
export async function runSync(options: SyncOptions): Promise<SyncedFile[]> {
  if (!options.dryRun) await mkdir(options.folder, { recursive: true });
  const folder = await realpath(options.folder);
  const local = new LocalSide(folder);
  const remote = new RemoteSide(options.backend, options.root);
  const workspace = `${options.workspace}:${options.root}`;
  const state = await readState(folder, workspace);
  const ignored = await readIgnored(folder, options.ignore);
  const [here, there] = await Promise.all([local.scan(ignored), remote.scan(ignored, state.seen)]);
  for (const path of state.base.keys()) if (ignored(path)) state.base.delete(path);
  if (!options.force) refuseEmptySide(state.base.size, here.size, there.size);
  const { actions, base } = planSync(state.base, here, there);
  const now: SyncState = { base, seen: state.seen };

  const files: SyncedFile[] = [];
  try {
    for (const action of actions) {
      options.signal.throwIfAborted();
      const file = options.dryRun ? planned(action) : await perform(action, local, remote, now);
      files.push(file);
      options.progress(file);
      if (!options.dryRun && files.length % SAVE_EVERY === 0) await writeState(folder, workspace, now);
    }
  } finally {
    if (!options.dryRun) await writeState(folder, workspace, now);
  }
  return files;
}

function refuseEmptySide(before: number, here: number, there: number): void {
  if (before === 0 || here + there === 0 || (here > 0 && there > 0)) return;
  const side = here === 0 ? "local folder" : "workspace";
  throw new CommandError(
    "conflict",
    `The ${side} is empty, although it had files: --force deletes those of the other side, too.`,
  );
}

const planned = ({ path, kind, local }: Action): SyncedFile => ({
  path,
  kind,
  outcome: "planned",
  ...(kind === "conflict" && { keptAs: conflictName(path, local!) }),
});

async function perform(
  action: Action,
  local: LocalSide,
  remote: RemoteSide,
  state: SyncState,
): Promise<SyncedFile> {
  const { path, kind } = action;
  try {
    const result = await STEPS[kind](action, local, remote, state);
    return {
      path,
      kind,
      outcome: result === false ? "changed" : "done",
      ...(typeof result === "string" && { keptAs: result }),
    };
  } catch (error) {
    return { path, kind, outcome: "failed", error: explain(error).message };
  }
}

/** Performs an action. Returns false if a side was changed meanwhile, or the other name of a conflict. */
type Step = (
  action: Action,
  local: LocalSide,
  remote: RemoteSide,
  state: SyncState,
) => Promise<boolean | string>;

const STEPS: Readonly<Record<ActionKind, Step>> = {
  upload,
  download,
  conflict,
  "delete-local": deleteLocal,
  "delete-remote": deleteRemote,
};

async function upload(action: Action, local: LocalSide, remote: RemoteSide, { base, seen }: SyncState) {
  const data = await local.read(action.path);
  if (!data || hashOf(data) !== action.local) return false;
  if (!(await remote.write(action.path, data, action.remote))) return false;
  base.set(action.path, action.local);
  seen.delete(action.path);
  return true;
}

async function download(action: Action, local: LocalSide, remote: RemoteSide, { base, seen }: SyncState) {
  const data = await remote.read(action.path);
  if (!data || hashOf(data) !== action.remote) {
    seen.delete(action.path);
    return false;
  }
  if (!(await local.write(action.path, data, action.local))) return false;
  base.set(action.path, action.remote);
  return true;
}

async function deleteLocal(
  { path, local: hash }: Action,
  local: LocalSide,
  _: RemoteSide,
  { base }: SyncState,
) {
  if (!(await local.remove(path, hash!))) return false;
  base.delete(path);
  return true;
}

async function deleteRemote(
  { path, remote: hash }: Action,
  _: LocalSide,
  remote: RemoteSide,
  { base, seen }: SyncState,
) {
  if (!(await remote.remove(path, hash!))) return false;
  base.delete(path);
  seen.delete(path);
  return true;
}

/** Gives the local content another name on both sides, before the workspace's takes its place. */
async function conflict(action: Action, local: LocalSide, remote: RemoteSide, state: SyncState) {
  const data = await local.read(action.path);
  if (!data || hashOf(data) !== action.local) return false;
  const keptAs = conflictName(action.path, action.local);
  const kept = await local.read(keptAs);
  if (!kept && !(await local.write(keptAs, data, undefined))) return false;
  const copy: Action = { path: keptAs, kind: "upload", local: action.local, remote: undefined };
  // If the workspace has that name, the next run compares it.
  if (!kept || hashOf(kept) === action.local) await upload(copy, local, remote, state);
  else return false;
  return (await download(action, local, remote, state)) && keptAs;
}
