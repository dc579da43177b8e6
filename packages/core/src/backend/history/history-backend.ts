import type { PointInTime } from "../../store/file-history.js";
import type { Origin } from "../../store/origin.js";
import type { RemoteBackendError } from "../../support/errors.js";
import { type OperationContext, pathBelow } from "../operations/operation.js";
import { type BackendContext, readOnlyBackend, runOperation } from "../operations/runner.js";
import { pointInTime } from "./arguments.js";
import { changes } from "./changes.js";
import { diff } from "./diff.js";
import { erase } from "./erase.js";
import { history } from "./history.js";
import { readVersion } from "./read-version.js";
import { restore } from "./restore.js";
import type {
  ChangesOptions,
  ChangesResult,
  DiffResult,
  EraseOptions,
  EraseResult,
  FileHistoryOptions,
  FileHistoryResult,
  ReadVersionResult,
  RestoreOptions,
  RestoreResult,
  RewindOptions,
  RewindResult,
  RewoundFile,
} from "./results.js";
import { deleteNewer, planRewind, type RewindPlan, type RewindStep, restoreOlder } from "./rewind.js";

/** Number of files that one step of a rewind handles within the time limit of an operation. */
const STEP = 100;

const failed = ({ message: error }: RemoteBackendError) => ({ error });

/**
 * Methods on the history of the files, for a backend with the option `history`. Like those of the protocol they never
 * reject: a failure is the `error` of the result.
 */
export abstract class HistoryBackend {
  readonly #context: BackendContext;

  /** @internal */
  constructor(context: BackendContext) {
    this.#context = context;
  }

  /**
   * Lists the versions of a file, newest first, with their authors. A deletion is an entry.
   * @param path Path of a file, which need not exist any more.
   * @param options `limit`: 1 to 1,000, by default 100; `before`: `next` of the page before.
   * @returns `versions`, none for a file that never existed; `next` if there are older ones; or `error`.
   */
  history(path: string, options: FileHistoryOptions = {}): Promise<FileHistoryResult> {
    return this.#run("history", path, (op) => history(op, path, options));
  }

  /**
   * Reads a file as it was at a version: text, or bytes for binary content.
   * @param version `version` of an entry of `history`.
   * @returns `data`, as `readRaw` does; or `error`, also for a version that is a deletion.
   */
  readVersion(path: string, version: string): Promise<ReadVersionResult> {
    return this.#run("readVersion", path, (op) => readVersion(op, path, version));
  }

  /**
   * Compares two versions of a file.
   * @param from Older version.
   * @param to Newer version. Default: the file as it is stored now.
   * @returns `diff`, a unified diff with 3 lines of context, empty for equal files; one side is `/dev/null` for a deletion.
   *   For binary files it only reports that they differ. `error` for versions that differ in more than 20,000 lines, or
   *   whose differences lie more than 50,000 lines or 8 MB apart.
   */
  diff(path: string, from: string, to?: string): Promise<DiffResult> {
    return this.#run("diff", path, (op) => diff(op, path, from, to));
  }

  /**
   * Makes an old version of a file its newest one, also of a deleted file. Atomic: with `ifVersion` it is refused if the
   * file has changed since, without it the old version replaces whatever is stored. Equal content makes no new version.
   * @returns `path`; or `error`, with `conflict: true` if `ifVersion` refused it.
   */
  restore(path: string, version: string, options: RestoreOptions = {}): Promise<RestoreResult> {
    return this.#run("restore", path, (op) => restore(op, path, version, options), "restore");
  }

  /**
   * Makes the files at a path as they were at a point in time, as new versions: a rewind can be rewound. Only files that
   * differ are changed, one after another. A file that is written concurrently ends up as it was at that time, or as the
   * writer left it. Files that did not exist at that time are deleted. Each 100 files have the time of one operation; a
   * failure of one does not undo the others.
   * @param point A time, a version (directly after it was made), or a checkpoint of a thread (directly before the first
   *   change at it or at a later one).
   * @returns `files`: one answer for each file that has changed since; or `error`, if nothing was changed.
   */
  async rewind(point: PointInTime, options: RewindOptions = {}): Promise<RewindResult> {
    let plan: RewindPlan | undefined;
    const planned = await this.#run<{ error?: string }>("rewind", options?.path ?? "/", async (op) => {
      if (this.#context.readOnly) throw readOnlyBackend();
      plan = await planRewind(op, pointInTime(point), options);
      return {};
    });
    if (!plan) return planned;
    // A file may have been where a directory is now, so deletions come first.
    const deleted = await this.#rewindInSteps(plan, deleteNewer);
    const done = new Set(deleted.map(({ path }) => path));
    const keys = plan.keys.filter((key) => !done.has(pathBelow(plan!.root, key)));
    return { files: [...deleted, ...(await this.#rewindInSteps({ ...plan, keys }, restoreOlder))] };
  }

  async #rewindInSteps(plan: RewindPlan, step: RewindStep): Promise<readonly RewoundFile[]> {
    const files: RewoundFile[] = [];
    for (let i = 0; i < plan.keys.length; i += STEP) {
      files.push(...(await this.#rewindStep({ ...plan, keys: plan.keys.slice(i, i + STEP) }, step)));
    }
    return files;
  }

  /** Rewinds some files within the time limit of one operation. */
  #rewindStep(plan: RewindPlan, step: RewindStep): Promise<readonly RewoundFile[]> {
    return runOperation<readonly RewoundFile[]>(this.#context, {
      operation: "rewind",
      files: plan.keys.length,
      changes: "restore",
      run: (op) => step(op, plan),
      failed: ({ message: error }) =>
        plan.keys.map((key) => ({ path: pathBelow(plan.root, key), outcome: "failed", error })),
    });
  }

  /**
   * Lists everything that happened to the files, oldest first, page by page: an audit log. A page that ends is continued
   * by `since`, also after more changes; none is skipped or repeated.
   * @param options `thread` and `path` select changes; `limit`: 1 to 1,000, by default 100; `since`: `next` of a page.
   * @returns `changes` and `next`; or `error`.
   */
  changes(options: ChangesOptions = {}): Promise<ChangesResult> {
    return this.#run("changes", options?.path ?? "/", (op) => changes(op, options));
  }

  /**
   * Removes a file, or a directory with everything below it, together with every version, for good. With `before` only
   * old versions are removed. Needs rights that an agent should not have; see the documentation of the adapter.
   * @param path File, directory or both of that name; `/` for everything.
   * @returns Numbers of erased `files` and `versions`, of the last attempt if an answer was lost; or `error`.
   */
  erase(path: string, options: EraseOptions = {}): Promise<EraseResult> {
    return this.#run("erase", path, (op) => erase(op, path, options), "delete");
  }

  #run<T extends { readonly error?: string }>(
    operation: string,
    path: string,
    run: (op: OperationContext) => Promise<T>,
    changes?: Origin["kind"],
  ): Promise<T | { error: string }> {
    return runOperation<T | { error: string }>(this.#context, {
      operation,
      path,
      ...(changes && { changes }),
      run,
      failed,
    });
  }
}
