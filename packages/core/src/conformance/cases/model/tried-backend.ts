import { show } from "../../assert.js";
import type { Capabilities } from "../../capabilities.js";
import type { Subject } from "../../subject.js";
import { utf8 } from "../fixtures.js";
import { type Content, ERROR, type Method, type PlainModel, SUCCESS } from "./plain-model.js";

/** Operations of the model, on a backend. */
type Operations = {
  [M in Method]: (...args: Parameters<PlainModel[M]>) => Promise<unknown>;
};

type Failing = { readonly error?: unknown };

const failed = ({ error }: Failing): boolean => error !== undefined && error !== null;

const outcome = (answer: Failing): string => (failed(answer) ? ERROR : SUCCESS);

/** Presents a directory of a backend as a file system, with answers that are comparable to the model's. */
export class TriedBackend implements Operations {
  /** Calls made, a line each. */
  readonly calls: string[];
  readonly #backend: Subject;
  readonly #directory: string;
  readonly #capabilities: Capabilities;

  /** @param calls Receives the calls made; several instances may share it. */
  constructor(backend: Subject, directory: string, capabilities: Capabilities, calls: string[]) {
    this.#backend = backend;
    this.#directory = directory;
    this.#capabilities = capabilities;
    this.calls = calls;
  }

  /** Bytes are passed as base64, as a model must. */
  async write(path: string, content: Content) {
    const text = typeof content === "string" ? content : btoa(String.fromCharCode(...content));
    return outcome(await this.#ask("write", this.#at(path), text));
  }

  async edit(path: string, from: string, to: string, all: boolean) {
    const answer = await this.#ask("edit", this.#at(path), from, to, all);
    return failed(answer) ? ERROR : { occurrences: answer.occurrences };
  }

  async read(path: string, offset: number, limit: number) {
    const answer = await this.#ask("read", this.#at(path), offset, limit);
    return failed(answer) ? ERROR : { content: answer.content };
  }

  async readRaw(path: string) {
    const answer = await this.#ask("readRaw", this.#at(path));
    return failed(answer) ? ERROR : { content: answer.data?.content };
  }

  async ls(directory: string) {
    const { files, ...rest } = await this.#ask("ls", this.#at(directory));
    const { exactSizes } = this.#capabilities;
    const entry = ({ path, is_dir = false, size }: NonNullable<typeof files>[number]) => ({
      path: this.#below(path),
      is_dir,
      ...(exactSizes && !is_dir && { size }),
    });
    return failed(rest) ? ERROR : this.#inOrder(files?.map(entry));
  }

  async glob(pattern: string, directory: string) {
    const { files, ...rest } = await this.#ask("glob", pattern, this.#at(directory));
    if (failed(rest)) return ERROR;
    return this.#inOrder(files?.map(({ path }) => ({ path: this.#below(path) })))?.map(({ path }) => path);
  }

  async grep(pattern: string, path: string, glob: string | null) {
    const { matches, ...rest } = await this.#ask("grep", pattern, this.#at(path), glob);
    if (failed(rest)) return ERROR;
    return this.#inOrder(matches?.map(({ path, line, text }) => ({ path: this.#below(path), line, text })));
  }

  async delete(path: string) {
    return outcome(await this.#ask("delete", this.#at(path)));
  }

  async uploadFiles(files: readonly (readonly [string, Content])[]) {
    const bytes = files.map(([path, content]): [string, Uint8Array] => [
      this.#at(path),
      typeof content === "string" ? utf8(content) : content,
    ]);
    return (await this.#ask("uploadFiles", bytes)).map(outcome);
  }

  async downloadFiles(paths: readonly string[]) {
    const asked = paths.map((path) => this.#at(path));
    return (await this.#ask("downloadFiles", asked)).map((answer) =>
      failed(answer) ? answer.error : answer.content,
    );
  }

  async #ask<M extends Exclude<keyof Subject, "at">>(method: M, ...args: Parameters<Subject[M]>) {
    const said = `${method}(${args.map(show).join(", ")})`;
    this.calls.push(said);
    const answer = await (this.#backend[method] as (...args: unknown[]) => ReturnType<Subject[M]>)(...args);
    this.calls[this.calls.lastIndexOf(said)] = `${said} -> ${show(answer)}`;
    return answer as Awaited<ReturnType<Subject[M]>>;
  }

  #at(path: string): string {
    return path === "/" ? this.#directory : this.#directory + path;
  }

  /** Returns a path relative to the directory. Paths outside of it are unchanged, and therefore differ. */
  #below(path: string): string {
    return path.startsWith(`${this.#directory}/`) ? path.slice(this.#directory.length) : path;
  }

  /** Sorts an answer like the model's if the backend promises no order. */
  #inOrder<T extends { readonly path: string; readonly line?: number }>(
    items: T[] | undefined,
  ): T[] | undefined {
    if (this.#capabilities.ordered) return items;
    const compare = (a: T, b: T) =>
      Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)) || (a.line ?? 0) - (b.line ?? 0);
    return items?.sort(compare);
  }
}
