import type {
  BackendProtocolV2,
  EditResult,
  FileDataV2,
  GrepMatch,
  MaybePromise,
  ReadResult,
  WriteResult,
} from "../protocol/protocol.js";
import type { Author } from "../store/origin.js";
import { check, equal, isBytes, succeeds } from "./assert.js";
import type { Capabilities } from "./capabilities.js";
import type { CaseOptions } from "./case-options.js";
import type { LostRequest } from "./fixture.js";
import type { Subject } from "./subject.js";

/** Parts of a case's context. */
export interface CaseParts {
  readonly raw: BackendProtocolV2;
  readonly backend: Subject;
  readonly capabilities: Capabilities;
  /** `""`, or a directory used by no other case. */
  readonly root: string;
  /** Unique to the case. */
  readonly name: string;
  readonly options: CaseOptions;
  readonly signal: AbortSignal;
  atEnd(work: () => MaybePromise<void>): void;
  open(): Promise<Subject>;
  neighbor(...namespace: readonly string[]): Promise<Subject>;
  outage(): Promise<() => Promise<void>>;
  readOutage(): Promise<() => Promise<void>>;
  deadConnections(): Promise<() => number>;
  loseAnswer(lost: LostRequest): Promise<void>;
  setAuthor(author: Author | undefined): void;
}

/**
 * Context of a case. `backend` takes and returns real paths. The other methods take and return paths below the case's
 * root, and fail unless the backend succeeds.
 */
export class CaseContext {
  /** The raw backend, for cases about the object. */
  readonly raw: BackendProtocolV2;
  /** The backend, with its calls recorded. */
  readonly backend: Subject;
  readonly capabilities: Capabilities;
  /** Aborted when the case has run out of time. */
  readonly signal: AbortSignal;
  /** Registers a cleanup. Cleanups run last-in-first-out, also after a failure. */
  readonly atEnd: (work: () => MaybePromise<void>) => void;
  /** Opens another instance on the same storage, like another process would. */
  readonly open: () => Promise<Subject>;
  /** Opens a backend of another name, with files of its own; needs `ownRoot`. Several names need `namespaces`. */
  readonly neighbor: (...namespace: readonly string[]) => Promise<Subject>;
  /** Starts an outage; returns a function that ends it, as the end of the case does. Needs `outage`. */
  readonly outage: () => Promise<() => Promise<void>>;
  /** Starts an outage of requests that only read. Needs `readOutage`. */
  readonly readOutage: () => Promise<() => Promise<void>>;
  /**
   * Lets every open connection die; returns a function that counts the dead ones used since. Needs `deadConnections`.
   */
  readonly deadConnections: () => Promise<() => number>;
  /** Loses the answer to the next change of `backend`; see `BackendFixture.loseAnswer`. Needs `lostAnswers`. */
  readonly loseAnswer: (lost: LostRequest) => Promise<void>;
  /** Sets the author of all later changes, of every instance. Needs `authors`. */
  readonly setAuthor: (author: Author | undefined) => void;
  /** Options given by the caller of the suite. */
  readonly options: CaseOptions;
  readonly #parts: CaseParts;

  /** @internal */
  constructor(parts: CaseParts) {
    this.raw = parts.raw;
    this.backend = parts.backend;
    this.capabilities = parts.capabilities;
    this.signal = parts.signal;
    this.atEnd = parts.atEnd;
    this.open = parts.open;
    this.neighbor = parts.neighbor;
    this.outage = parts.outage;
    this.readOutage = parts.readOutage;
    this.deadConnections = parts.deadConnections;
    this.loseAnswer = parts.loseAnswer;
    this.setAuthor = parts.setAuthor;
    this.options = parts.options;
    this.#parts = parts;
  }

  /** Unique to the case: the name that its backend was created with. */
  get name(): string {
    return this.#parts.name;
  }

  /** Returns the real path of a path below the case's root. */
  at(path: string): string {
    return this.#parts.root + path;
  }

  /** Returns a path in one of deepagents' own areas, which lie at `/` regardless of the case's root. */
  inArea(area: "large_tool_results" | "conversation_history", name: string): string {
    return `/${area}/${this.#parts.root === "" ? "" : `${this.#parts.name}-`}${name}`;
  }

  /** Scales the size of a race for slow services; at least 2. */
  scaled(count: number): number {
    return Math.max(2, Math.round(count * (this.options.scale ?? 1)));
  }

  /** Creates a file. */
  async write(path: string, content: string): Promise<WriteResult> {
    const answer = await this.backend.write(this.at(path), content);
    succeeds(`write of ${path}`, answer);
    return answer;
  }

  /** Creates files, in one batch if possible. */
  async fill(paths: readonly string[], content = "x\n"): Promise<void> {
    if (this.capabilities.transfer) {
      await this.upload(
        ...paths.map((path): [string, Uint8Array] => [path, new TextEncoder().encode(content)]),
      );
    } else {
      for (const path of paths) await this.write(path, content);
    }
  }

  /** Uploads files in one batch. Needs `transfer`. */
  async upload(...files: readonly [string, Uint8Array][]): Promise<void> {
    const answers = await this.backend.uploadFiles(files.map(([path, bytes]) => [this.at(path), bytes]));
    equal("number of answers", answers.length, files.length);
    for (const answer of answers) succeeds(`upload of ${answer.path}`, answer);
  }

  /** Edits a file. */
  async edit(path: string, from: string, to: string, all?: boolean): Promise<EditResult> {
    const answer = await this.backend.edit(this.at(path), from, to, all);
    succeeds(`edit of ${path}`, answer);
    return answer;
  }

  /** Reads a window of lines. */
  async read(path: string, offset?: number, limit?: number): Promise<ReadResult> {
    const answer = await this.backend.read(this.at(path), offset, limit);
    succeeds(`read of ${path}`, answer);
    return answer;
  }

  /** Reads a whole file with its times. */
  async data(path: string): Promise<FileDataV2> {
    const answer = await this.backend.readRaw(this.at(path));
    succeeds(`readRaw of ${path}`, answer);
    check(answer.data !== undefined, `readRaw of ${path}`, "data", answer);
    check(!Array.isArray(answer.data.content), `readRaw of ${path}`, "FileData v2", answer);
    return answer.data as FileDataV2;
  }

  /** Downloads a file. Needs `transfer`. */
  async bytes(path: string): Promise<Uint8Array> {
    const [answer] = await this.backend.downloadFiles([this.at(path)]);
    check(isBytes(answer?.content), `download of ${path}`, "bytes", answer);
    return answer.content;
  }

  /** Fails unless the file has this content. */
  async holds(path: string, content: string | Uint8Array): Promise<void> {
    equal(`content of ${path}`, (await this.data(path)).content, content);
  }

  /** Fails unless the file is absent. */
  async absent(path: string): Promise<void> {
    const answer = await this.backend.read(this.at(path));
    check(
      answer.error !== undefined && answer.content === undefined,
      `read of ${path}`,
      "no such file",
      answer,
    );
  }

  /** Returns the paths in an answer of `ls`. */
  async ls(path: string): Promise<string[]> {
    const answer = await this.backend.ls(this.at(path));
    succeeds(`ls of ${path}`, answer);
    check(Array.isArray(answer.files), `ls of ${path}`, "a list of files", answer);
    return answer.files.map((file) => this.below(file.path));
  }

  /** Returns the paths in an answer of `glob`. */
  async glob(pattern: string, path = ""): Promise<string[]> {
    const answer = await this.backend.glob(pattern, this.at(path) || "/");
    succeeds(`glob of ${pattern}`, answer);
    check(Array.isArray(answer.files), `glob of ${pattern}`, "a list of files", answer);
    return answer.files.map((file) => this.below(file.path));
  }

  /** Returns the matches in an answer of `grep`, reduced to the properties that deepagents knows. */
  async grep(pattern: string, path = "", glob?: string | null, max?: number | null): Promise<GrepMatch[]> {
    const answer = await this.backend.grep(pattern, this.at(path) || "/", glob, max);
    succeeds(`grep for ${pattern}`, answer);
    check(Array.isArray(answer.matches), `grep for ${pattern}`, "a list of matches", answer);
    return answer.matches.map(({ path, line, text }) => ({ path: this.below(path), line, text }));
  }

  /** Returns the paths of the files that contain `pattern`, each once. */
  async found(pattern: string, path = "", glob?: string | null): Promise<string[]> {
    return [...new Set((await this.grep(pattern, path, glob)).map((match) => match.path))];
  }

  /** Returns a real path as a path below the case's root. */
  below(path: string): string {
    const { root } = this.#parts;
    return path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  }

  /** Writes scratch files until one is created later than `time` by the service's clock. */
  async after(time: string): Promise<void> {
    for (let i = 0; !this.signal.aborted; i++) {
      const path = `/.clock-${time.replaceAll(":", "-")}-${i}.txt`;
      await this.write(path, "tick");
      if ((await this.data(path)).created_at > time) return;
      // Lets timers run, including the case's own time limit.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
