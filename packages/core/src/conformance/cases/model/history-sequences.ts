import type { Arbitrary } from "fast-check";
import { check, equal, show, succeeds } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { notPromisedAfterAll } from "../../not-tried.js";
import type { Subject } from "../../subject.js";
import { utf8 } from "../fixtures.js";
import { type Call, callsOf, type Ingredients } from "./calls.js";
import { type Files, HistoryModel, type ModelVersion } from "./history-model.js";
import { type Content, PlainModel, UNDECIDED } from "./plain-model.js";
import { type FastCheck, tryProperty } from "./property.js";
import { TriedBackend } from "./tried-backend.js";

/** Operation on the files or their past. Numbers choose among the versions or moments that exist. */
type Step =
  | { readonly does: "call"; readonly call: Call }
  | { readonly does: "restore"; readonly path: string; readonly which: number }
  | { readonly does: "rewind"; readonly path: string; readonly which: number }
  | { readonly does: "look"; readonly which: number }
  | { readonly does: "erase"; readonly path: string };

/** Methods of the model that change files. */
const CHANGES: ReadonlySet<string> = new Set(["write", "edit", "delete", "uploadFiles"]);

function stepsOf(fc: FastCheck, of: Ingredients, t: CaseContext): Arbitrary<Step> {
  const path = fc.constantFrom(...of.files);
  const anywhere = fc.constantFrom(...of.directories, ...of.files);
  const which = fc.nat(1_000);
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        does: fc.constant("call" as const),
        call: callsOf(fc, of, t.capabilities).filter(([method]) => CHANGES.has(method)),
      }),
    },
    { weight: 3, arbitrary: fc.record({ does: fc.constant("restore" as const), path, which }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant("rewind" as const), path: anywhere, which }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant("look" as const), which }) },
    // Rare, so that there is a past most of the time.
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant("erase" as const), path: fc.constantFrom(...of.files, "/d") }),
    },
  );
}

/**
 * Makes random operations on a backend with a history and on the model. At the end every old version of every file, and
 * the whole directory at every moment, must be as the model remembers it.
 */
export async function tryHistory(t: CaseContext, ingredients: (fc: FastCheck) => Ingredients): Promise<void> {
  if (!t.capabilities.directories) throw notPromisedAfterAll("directories");
  await tryProperty<readonly (Step | undefined)[]>(t, {
    values(fc, steps) {
      const step = stepsOf(fc, { ...ingredients(fc), batch: 1 }, t);
      return fc.array(fc.option(step, { nil: undefined, freq: 10 }), { minLength: steps, maxLength: steps });
    },
    async holds(steps, directory, calls) {
      const run = new HistoryRun(t, directory, calls);
      for (const step of steps) {
        if (t.signal.aborted) return;
        if (step) await run.make(step);
      }
      await run.isRemembered();
    },
  });
}

const isBelow = (path: string, directory: string): boolean =>
  directory === "/" || path === directory || path.startsWith(`${directory}/`);

/** One sequence of operations, in a directory of its own. */
class HistoryRun {
  readonly #backend: Subject;
  readonly #directory: string;
  readonly #calls: string[];
  readonly #tried: TriedBackend;
  readonly #files: PlainModel;
  readonly #past = new HistoryModel();
  readonly #t: CaseContext;

  constructor(t: CaseContext, directory: string, calls: string[]) {
    this.#t = t;
    this.#backend = t.backend;
    this.#directory = directory;
    this.#calls = calls;
    this.#tried = new TriedBackend(t.backend, directory, t.capabilities, calls);
    this.#files = new PlainModel(t.capabilities);
  }

  /** Makes an operation on both, compares the answers, and records the versions that it made. */
  async make(step: Step): Promise<void> {
    const before = this.#files.files;
    if (step.does === "call") await this.#call(step.call);
    else if (step.does === "restore") await this.#restore(step.path, step.which);
    else if (step.does === "rewind") await this.#rewind(step.path, step.which);
    else if (step.does === "erase") return this.#erase(step.path);
    else return this.#look(step.which);
    const after = this.#files.files;
    const made = [];
    for (const path of HistoryModel.changedPaths(before, after)) made.push(await this.#newest(path, after));
    this.#past.record(made, after);
  }

  async #call([method, ...args]: Call): Promise<void> {
    const model = this.#files as unknown as Readonly<
      Record<string, (...args: readonly unknown[]) => unknown>
    >;
    const backend = this.#tried as unknown as typeof model;
    const expected = model[method]!(...args);
    if (expected !== UNDECIDED) equal(method, await backend[method]!(...args), expected);
  }

  async #restore(path: string, which: number): Promise<void> {
    const versions = this.#past.versionsOf(path).filter(({ content }) => content !== undefined);
    const chosen = versions[which % versions.length];
    if (!chosen) return;
    const answer = await this.#ask("restore", this.#at(path), chosen.version);
    succeeds(`restore of ${path}`, answer);
    this.#files.put(path, chosen.content);
  }

  async #rewind(path: string, which: number): Promise<void> {
    const { moments } = this.#past;
    const moment = moments[which % moments.length];
    if (!moment) return;
    const present = this.#files.files;
    const answer = await this.#ask("rewind", moment.point, { path: this.#at(path) });
    succeeds(`rewind of ${path}`, answer);
    const expected = HistoryModel.changedPaths(present, moment.files)
      .filter((changed) => isBelow(changed, path))
      .map((changed) => `${changed} ${moment.files.has(changed) ? "restored" : "deleted"}`);
    const outcomes = (answer.files ?? [])
      .filter(({ outcome }) => outcome !== "unchanged")
      .map((file) => `${this.#below(file.path)} ${file.outcome}`);
    equal(`rewind of ${path}`, outcomes.sort(), expected.sort());
    for (const [changed] of [...present, ...moment.files])
      if (isBelow(changed, path)) this.#files.put(changed, moment.files.get(changed));
  }

  async #erase(path: string): Promise<void> {
    const isErased = (other: string) => isBelow(other, path);
    const files = this.#files.paths.filter(isErased);
    const versions = this.#past.paths
      .filter(isErased)
      .flatMap((other) => this.#past.versionsOf(other))
      .filter(({ content }) => content !== undefined);
    const answer = await this.#ask("erase", this.#at(path));
    equal(`erase of ${path}`, answer, { files: files.length, versions: versions.length });
    for (const other of files) this.#files.put(other, undefined);
    this.#past.erase(isErased);
  }

  /** Compares the directory at one moment of the past. */
  async #look(which: number): Promise<void> {
    const { moments } = this.#past;
    const moment = moments[which % moments.length];
    if (moment) await this.#wasLike(moment.point, moment.files);
  }

  /** Fails unless all versions, and the directory at all moments, are as the model remembers them. */
  async isRemembered(): Promise<void> {
    for (const path of this.#past.paths) await this.#hasVersions(path, this.#past.versionsOf(path));
    for (const { point, files } of this.#past.moments) {
      if (this.#t.signal.aborted) return;
      await this.#wasLike(point, files);
    }
  }

  async #hasVersions(path: string, versions: readonly ModelVersion[]): Promise<void> {
    const all: string[] = [];
    let before: string | undefined;
    do {
      const page = await this.#backend.history(this.#at(path), { before, limit: 7 });
      succeeds(`history of ${path}`, page);
      all.unshift(...(page.versions ?? []).map(({ version }) => version).reverse());
      before = page.next;
    } while (before !== undefined);
    equal(
      `versions of ${path}`,
      all,
      versions.map(({ version }) => version),
    );
    for (const { version, content } of versions) {
      const answer = await this.#backend.readVersion(this.#at(path), version);
      equal(`version ${version} of ${path}`, answer.data?.content, content);
    }
  }

  async #wasLike(point: Date | { readonly version: string }, files: Files): Promise<void> {
    const past = this.#backend.at(point);
    const what = `files at ${show(point)}`;
    const { files: found = [], ...rest } = await past.glob("**", this.#directory);
    succeeds(what, rest);
    const paths = found.map(({ path }) => this.#below(path)).sort();
    equal(what, paths, [...files.keys()].sort());
    if (paths.length === 0) return;
    const answers = await past.downloadFiles(paths.map((path) => this.#at(path)));
    const contents = new Map(paths.map((path, i) => [path, answers[i]?.content]));
    for (const [path, content] of files)
      equal(`${path} at ${show(point)}`, contents.get(path), bytesOf(content));
  }

  /** Returns the newest version of a file, which has just changed. */
  async #newest(path: string, files: Files): Promise<ModelVersion & { readonly time: string }> {
    const { versions = [], ...rest } = await this.#backend.history(this.#at(path), { limit: 1 });
    succeeds(`history of ${path}`, rest);
    const [entry] = versions;
    const content = files.get(path);
    const isOf = entry !== undefined && (entry.kind === "delete") === (content === undefined);
    check(isOf, `newest version of ${path}`, content === undefined ? "its deletion" : "its change", entry);
    return { path, version: entry.version, time: entry.time, content };
  }

  async #ask<M extends "restore" | "rewind" | "erase">(method: M, ...args: Parameters<Subject[M]>) {
    const said = `${method}(${args.map(show).join(", ")})`;
    this.#calls.push(said);
    const answer = await (this.#backend[method] as (...args: unknown[]) => ReturnType<Subject[M]>)(...args);
    this.#calls[this.#calls.length - 1] = `${said} -> ${show(answer)}`;
    return answer as Awaited<ReturnType<Subject[M]>>;
  }

  #at(path: string): string {
    return path === "/" ? this.#directory : this.#directory + path;
  }

  #below(path: string): string {
    return path.startsWith(`${this.#directory}/`) ? path.slice(this.#directory.length) : path;
  }
}

const bytesOf = (content: Content): Uint8Array => (typeof content === "string" ? utf8(content) : content);
