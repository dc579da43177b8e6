import { isSame } from "../../assert.js";
import type { Content } from "./plain-model.js";

/** Files by path. */
export type Files = ReadonlyMap<string, Content>;

/** Version of a file as the backend names it; a deletion has no content. */
export interface ModelVersion {
  readonly path: string;
  readonly version: string;
  readonly content: Content | undefined;
}

/** State of all files directly after a change. */
interface State {
  /** Version that the change made, if it was one of a single file. */
  readonly version: ModelVersion | undefined;
  /** Times of the first and the last change of the operation. */
  readonly from: string;
  readonly to: string;
  readonly files: Files;
}

/** Moment of the past that can be named, with the files as they were. */
export interface Moment {
  readonly point: Date | { readonly version: string };
  readonly files: Files;
}

/** Models a history as an array of states. */
export class HistoryModel {
  #states: State[] = [];
  readonly #versions = new Map<string, ModelVersion[]>();

  /** Returns the paths whose content differs between two states. */
  static changedPaths(before: Files, after: Files): string[] {
    const paths = new Set([...before.keys(), ...after.keys()]);
    return [...paths].filter((path) => !isSame(before.get(path), after.get(path)));
  }

  /** Records an operation: the versions that it made, each with its time, and the files after it. */
  record(made: readonly (ModelVersion & { readonly time: string })[], files: Files): void {
    if (made.length === 0) return;
    for (const { time: _, ...version } of made)
      this.#versions.set(version.path, [...this.versionsOf(version.path), version]);
    const times = made.map(({ time }) => time).sort();
    this.#states.push({
      version: made.length === 1 ? made[0] : undefined,
      from: times[0]!,
      to: times.at(-1)!,
      files: new Map(files),
    });
  }

  /** Forgets files with all of their versions. */
  erase(isErased: (path: string) => boolean): void {
    for (const path of this.paths) if (isErased(path)) this.#versions.delete(path);
    this.#states = this.#states.map(({ version, files, ...times }) => ({
      ...times,
      version: version && isErased(version.path) ? undefined : version,
      files: new Map([...files].filter(([path]) => !isErased(path))),
    }));
  }

  /** Paths of all files that have a history. */
  get paths(): string[] {
    return [...this.#versions.keys()];
  }

  /** Versions of a file, oldest first. */
  versionsOf(path: string): readonly ModelVersion[] {
    return this.#versions.get(path) ?? [];
  }

  /** Every moment that is named without doubt: after a change of one file, and at a time between two operations. */
  get moments(): Moment[] {
    return this.#states.flatMap(({ version, to, files }, i) => {
      const next = this.#states[i + 1];
      return [
        ...(version ? [{ point: { version: version.version }, files }] : []),
        ...(next === undefined || next.from > to ? [{ point: new Date(to), files }] : []),
      ];
    });
  }
}
