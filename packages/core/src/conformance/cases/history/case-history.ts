import type {
  ChangesOptions,
  EraseOptions,
  FileVersion,
  RestoreOptions,
} from "../../../backend/history/results.js";
import type { PointInTime } from "../../../store/file-history.js";
import { check, refuses, succeeds } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import type { Subject } from "../../subject.js";

/** Scratch files with which a case waits for the service's clock. */
const isScratch = (path: string): boolean => path.startsWith("/.clock-");

/**
 * History as one instance of a backend knows it. Takes and returns paths below the case's root, and fails unless the
 * backend succeeds.
 */
export class CaseHistory {
  readonly #t: CaseContext;
  readonly #backend: Subject;
  #moments = 0;

  /** @param backend Instance that is asked. Default: that of the case. */
  constructor(t: CaseContext, backend = t.backend) {
    this.#t = t;
    this.#backend = backend;
  }

  /** Returns all versions of a file, newest first, in pages of `limit`. */
  async versions(path: string, limit?: number): Promise<FileVersion[]> {
    const all: FileVersion[] = [];
    let before: string | undefined;
    do {
      const answer = await this.#backend.history(this.#t.at(path), { limit, before });
      succeeds(`history of ${path}`, answer);
      const { versions = [], next } = answer;
      check(limit === undefined || versions.length <= limit, `history of ${path}`, `up to ${limit}`, answer);
      check(
        before === undefined || versions.length > 0,
        `history of ${path}`,
        "a version in the page that `next` led to",
        answer,
      );
      all.push(...versions);
      before = next;
    } while (before !== undefined);
    return all.map((entry) => ({ ...entry, path: this.#t.below(entry.path) }));
  }

  /** Returns the newest entry of a file, which must have one. */
  async newest(path: string): Promise<FileVersion> {
    const [entry] = await this.versions(path);
    check(entry !== undefined, `history of ${path}`, "an entry", entry);
    return entry;
  }

  /** Returns the kinds of the changes of a file, newest first. */
  async kinds(path: string): Promise<string[]> {
    return (await this.versions(path)).map(({ kind }) => kind);
  }

  /** Reads a version of a file, which must have content. */
  async content(path: string, version: string): Promise<string | Uint8Array> {
    const answer = await this.#backend.readVersion(this.#t.at(path), version);
    succeeds(`readVersion of ${path}`, answer);
    const { content } = answer.data ?? {};
    check(
      typeof content === "string" || content instanceof Uint8Array,
      `version of ${path}`,
      "content",
      answer,
    );
    return content;
  }

  /** Reads each version of a file, oldest first; `undefined` for a deletion. */
  async contents(path: string): Promise<(string | Uint8Array | undefined)[]> {
    const contents = [];
    for (const { kind, version } of (await this.versions(path)).reverse())
      contents.push(kind === "delete" ? undefined : await this.content(path, version));
    return contents;
  }

  /** Fails unless a version of a file cannot be read. */
  async hasNone(path: string, version: string): Promise<void> {
    const answer = await this.#backend.readVersion(this.#t.at(path), version);
    refuses(`readVersion of ${path}`, answer);
    check(answer.data === undefined, `readVersion of ${path}`, "no data", answer);
  }

  /** Restores a version of a file. */
  async restore(path: string, version: string, options?: RestoreOptions): Promise<void> {
    succeeds(`restore of ${path}`, await this.#backend.restore(this.#t.at(path), version, options));
  }

  /** Rewinds a path; returns the outcome of each file as `path outcome`, in order. */
  async rewind(point: PointInTime, path = ""): Promise<string[]> {
    const answer = await this.#backend.rewind(point, { path: this.#t.at(path) || "/" });
    succeeds(`rewind of ${path || "/"}`, answer);
    const files = (answer.files ?? []).map((file) => ({ ...file, path: this.#t.below(file.path) }));
    return files
      .filter((file) => !isScratch(file.path))
      .map(({ path, outcome }) => `${path} ${outcome}`)
      .sort();
  }

  /** Returns the files as they were, readable by the methods of the protocol. */
  at(point: PointInTime): Subject {
    return this.#backend.at(point);
  }

  /** Reads a file as it was at a point in time; `undefined` if it did not exist. */
  async contentAt(point: PointInTime, path: string): Promise<string | Uint8Array | undefined> {
    const answer = await this.at(point).readRaw(this.#t.at(path));
    if (answer.error === undefined) return (answer.data as { content: string } | undefined)?.content;
    refuses(`readRaw of ${path} at a point in time`, answer, /not found/);
    return undefined;
  }

  /**
   * Returns the changes up to a version, oldest first, as `kind path`. Asks again while that one is missing: a backend
   * may hold back changes as long as earlier ones may still be committed.
   */
  async changes(until: string, options: ChangesOptions = {}): Promise<string[]> {
    return (await this.log(until, options)).map(({ kind, path }) => `${kind} ${path}`);
  }

  /** Returns the changes up to a version, oldest first. */
  async log(until: string, { path = "", ...options }: ChangesOptions = {}): Promise<FileVersion[]> {
    const all: FileVersion[] = [];
    let { since } = options;
    while (!all.some(({ version }) => version === until)) {
      this.#t.signal.throwIfAborted();
      const answer = await this.#backend.changes({ ...options, path: this.#t.at(path) || "/", since });
      succeeds("changes", answer);
      for (const entry of answer.changes ?? []) {
        check(
          !all.some(({ version }) => version === entry.version),
          "pages of changes",
          "each change once",
          entry,
        );
        all.push(entry);
      }
      since = answer.next;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return all
      .map((entry) => ({ ...entry, path: this.#t.below(entry.path) }))
      .filter((entry) => !isScratch(entry.path));
  }

  /** Erases a path; returns the numbers of files and versions. */
  async erase(path: string, options?: EraseOptions): Promise<readonly (number | undefined)[]> {
    const answer = await this.#backend.erase(this.#t.at(path) || "/", options);
    succeeds(`erase of ${path || "/"}`, answer);
    return [answer.files, answer.versions];
  }

  /** Returns a moment after all changes so far, and before all later ones. */
  async moment(): Promise<{ readonly version: string; readonly time: Date }> {
    const path = `/.clock-moment-${++this.#moments}.txt`;
    await this.#t.write(path, "x");
    await this.isPast(path);
    const { version, time } = await this.newest(path);
    return { version, time: new Date(time) };
  }

  /** Waits until the service's clock is past the newest change of a file, so that later ones have later times. */
  async isPast(path: string): Promise<void> {
    await this.#t.after((await this.newest(path)).time);
  }
}
