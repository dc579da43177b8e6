import type { Capabilities } from "../../capabilities.js";
import { sorted, utf8 } from "../fixtures.js";

/** Content of a file. */
export type Content = string | Uint8Array;

/** Promises that change the semantics of the operations. */
export type Promised = Pick<
  Capabilities,
  "createOnly" | "guarded" | "idempotentWrites" | "fileAndDirectory" | "exactSizes"
>;

/** Answer without further information; error messages are tested by other cases. */
export const SUCCESS = "success";
export const ERROR = "an error";

/** Answer on which backends may differ; such a call is not made. */
export const UNDECIDED = Symbol("undecided");

/** Patterns of `glob` that the model supports, each with an equivalent regular expression. */
export const GLOBS: Readonly<Record<string, RegExp>> = {
  "**": /./s,
  "*.txt": /^[^/]*\.txt$/,
  "**/*.md": /(^|\/)[^/]*\.md$/,
  "*/a.*": /^[^/]*\/a\.[^/]*$/,
};

/** Patterns of `grep` that the model supports, matched with base names. */
export const NAMES: Readonly<Record<string, RegExp>> = { "*.md": /\.md$/ };

/** Models a file system as a Map, with the simplest semantics of each operation. Content stored as bytes is binary. */
export class PlainModel {
  readonly #files = new Map<string, Content>();
  /** All directories that have ever existed. */
  readonly #directories = new Set<string>();
  readonly #promised: Promised;
  /** Versions of all files, and those that each reader has seen last. */
  readonly #versions = new Map<string, number>();
  readonly #seen = new Map<string, number | undefined>();
  #changes = 0;
  /** Instance that makes the next call. */
  reader = 0;

  constructor(promised: Promised) {
    this.#promised = promised;
  }

  /** Paths of all files, in order. */
  get paths(): string[] {
    return sorted([...this.#files.keys()]);
  }

  /** All files. */
  get files(): ReadonlyMap<string, Content> {
    return new Map(this.#files);
  }

  /** Stores a file as it is, or removes it: for content that comes from the past. */
  put(path: string, content: Content | undefined): void {
    if (content === undefined) this.#files.delete(path);
    else this.#store(path, content);
  }

  /** True if a directory has lost its last file: it may have disappeared, or still exist. */
  isEmptied(directory: string): boolean {
    return this.#directories.has(directory) && this.#below(directory).length === 0;
  }

  write(path: string, content: Content) {
    const old = this.#files.get(path);
    if (old !== undefined && (this.#promised.createOnly || this.#promised.guarded)) {
      if (Buffer.compare(bytesOf(old), bytesOf(content)) === 0) {
        this.#sees(path);
        return this.#promised.idempotentWrites ? SUCCESS : UNDECIDED;
      }
      if (this.#promised.createOnly || !this.#hasSeen(path)) return ERROR;
    }
    return this.#store(path, content);
  }

  edit(path: string, from: string, to: string, all: boolean) {
    const text = this.#files.get(path);
    const parts = typeof text === "string" ? text.split(from) : [];
    const occurrences = parts.length - 1;
    if (occurrences < 1 || (occurrences > 1 && !all)) return ERROR;
    const hasSeen = this.#hasSeen(path);
    if (from !== to) this.#change(path, parts.join(to));
    if (hasSeen) this.#sees(path);
    return { occurrences };
  }

  read(path: string, offset: number, limit: number) {
    const text = this.#files.get(path);
    if (typeof text !== "string") return ERROR;
    const lines = linesOf(text);
    if (offset >= lines.length) return UNDECIDED;
    this.#sees(path);
    const end = offset + limit > lines.length && text.endsWith("\n") ? "\n" : "";
    return { content: lines.slice(offset, offset + limit).join("\n") + end };
  }

  readRaw(path: string) {
    const content = this.#files.get(path);
    if (content === undefined) return UNDECIDED;
    this.#sees(path);
    return { content };
  }

  ls(directory: string) {
    if (this.#files.has(directory) && this.#below(directory).length === 0) return UNDECIDED;
    const children = new Map<string, object>();
    for (const [path, content] of this.#below(directory)) {
      const [name = "", deeper] = path.slice(inside(directory).length).split("/");
      const child = inside(directory) + name;
      if (deeper !== undefined) children.set(`${child}/`, { is_dir: true });
      else
        children.set(child, {
          is_dir: false,
          ...(this.#promised.exactSizes && { size: bytesOf(content).length }),
        });
    }
    return sorted([...children.keys()]).map((path) => ({ path, ...children.get(path) }));
  }

  glob(pattern: string, directory: string) {
    if (this.#files.has(directory)) return UNDECIDED;
    const matches = (path: string) => GLOBS[pattern]!.test(path.slice(inside(directory).length));
    return this.#below(directory)
      .map(([path]) => path)
      .filter(matches);
  }

  grep(pattern: string, path: string, glob: string | null) {
    if (this.#files.has(path) && this.#below(path).length > 0) return UNDECIDED;
    return [...this.#at(path), ...this.#below(path)].flatMap(([path, content]) => {
      if (typeof content !== "string" || (glob !== null && !NAMES[glob]!.test(path))) return [];
      const lines = linesOf(content).map((text, i) => ({ path, line: i + 1, text }));
      return lines.filter(({ text }) => text.includes(pattern));
    });
  }

  delete(path: string) {
    const gone = [...this.#at(path), ...this.#below(path)];
    if (gone.length === 0) return this.isEmptied(path) ? UNDECIDED : ERROR;
    for (const [path] of gone) {
      this.#files.delete(path);
      this.#seen.delete(`${this.reader} ${path}`);
    }
    return SUCCESS;
  }

  uploadFiles(files: readonly (readonly [string, Content])[]) {
    const outcomes = files.map(([path, content]) => this.#store(path, content));
    return outcomes.includes(UNDECIDED) ? UNDECIDED : outcomes;
  }

  downloadFiles(paths: readonly string[]) {
    const isConflict = (path: string) => this.#conflicts(path) || this.isEmptied(path);
    if (paths.some((path) => !this.#files.has(path) && isConflict(path))) return UNDECIDED;
    return paths.map((path) => {
      const content = this.#files.get(path);
      if (content === undefined) return "file_not_found";
      this.#sees(path);
      return bytesOf(content);
    });
  }

  #store(path: string, content: Content) {
    if (!this.#promised.fileAndDirectory) {
      if (this.#conflicts(path)) return ERROR;
      if (this.isEmptied(path)) return UNDECIDED;
    }
    this.#change(path, content);
    this.#sees(path);
    for (const directory of directoriesOf(path)) this.#directories.add(directory);
    return SUCCESS;
  }

  #change(path: string, content: Content): void {
    this.#files.set(path, content);
    this.#versions.set(path, ++this.#changes);
  }

  /** Records that the reader has seen the file as it is stored. */
  #sees(path: string): void {
    this.#seen.set(`${this.reader} ${path}`, this.#versions.get(path));
  }

  #hasSeen(path: string): boolean {
    return this.#seen.get(`${this.reader} ${path}`) === this.#versions.get(path);
  }

  /** True if a file would also be a directory, or has a file as an ancestor. */
  #conflicts(path: string): boolean {
    return (
      this.#below(path).length > 0 || directoriesOf(path).some((directory) => this.#files.has(directory))
    );
  }

  #at(path: string): [string, Content][] {
    return this.#all().filter(([other]) => other === path);
  }

  #below(directory: string): [string, Content][] {
    return this.#all().filter(([path]) => path.startsWith(inside(directory)));
  }

  #all(): [string, Content][] {
    return this.paths.map((path) => [path, this.#files.get(path)!]);
  }
}

/** Names of the operations. */
export type Method = Exclude<keyof PlainModel, "paths" | "files" | "put" | "isEmptied" | "reader">;

/** Lists the directories that contain a file. */
const directoriesOf = (path: string): string[] =>
  path.split("/").map((_, i, names) => names.slice(0, i).join("/") || "/");

/** Returns the path prefix of everything in a directory. */
const inside = (directory: string): string => (directory === "/" ? "/" : `${directory}/`);

const bytesOf = (content: Content): Uint8Array => (typeof content === "string" ? utf8(content) : content);

/** Splits a text into lines. A final newline does not start another line. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
