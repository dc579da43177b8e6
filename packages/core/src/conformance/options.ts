import type { BackendProtocol, MaybePromise } from "../protocol/protocol.js";
import type { DeclaredCapabilities } from "./capabilities.js";
import type { Case, ConformanceCase } from "./case.js";
import { checkEdition } from "./editions.js";
import { checkPromises } from "./promises.js";

/** Gives the service back. */
export type Mend = () => MaybePromise<void>;

/** One request that a host loses. */
export interface LostRequest {
  /** False for a request that never arrives. */
  readonly isCarriedOut: boolean;
  /** Operations of others before the backend notices. */
  meanwhile(): Promise<void>;
}

/** A backend with ways to open it again, to let go of it, and to take its service away. */
export interface Host {
  readonly backend: BackendProtocol;
  /** Another instance on the same storage, for races. Default: the same instance again. */
  open?(): MaybePromise<BackendProtocol>;
  /** Called when the case is over, whatever became of it. */
  close?(): MaybePromise<void>;
  /** Makes every request to the service fail, until the function that it answers with is called. */
  outage?(): MaybePromise<Mend>;
  /** The same for requests that only look or read; those that write go through. */
  readOutage?(): MaybePromise<Mend>;
  /**
   * Makes every open connection to the service dead without a FIN or RST, while new ones work. Returns a function that
   * counts the dead ones on which a request has been sent since.
   */
  deadConnections?(): MaybePromise<() => number>;
  /**
   * Loses the next request of `backend` that changes something. The service carries it out where that is asked for, then
   * `meanwhile` runs, and only then the connection breaks, without an answer. Everything else passes, and so does what
   * instances of `open` send, which `meanwhile` uses.
   */
  loseAnswer?(lost: LostRequest): MaybePromise<void>;
}

/** How long random sequences of operations are tried. */
export interface ModelOptions {
  /** Sequences a case. Default 20; some thousands make a night. */
  readonly runs?: number;
  /** Operations a sequence, at most. Default 25. */
  readonly steps?: number;
  /** Repeats the sequences of an earlier run, whose failure names its seed. Default: the same number in each run. */
  readonly seed?: number;
  /** Together with `seed`: repeats nothing but the one sequence that a failure names by its path. */
  readonly path?: string;
}

/** What a suite needs to know of its subject. */
export interface SuiteOptions {
  /** Names the subject in reports. */
  readonly name: string;
  /** What the subject promises; wins over what it says itself, and over what can be seen. */
  readonly capabilities?: object;
  /** Ids of the cases to try, or beginnings of them such as `edit/`. Default: all. */
  readonly only?: readonly string[];
  /** Ids or beginnings of ids of cases that are left out, each with the reason, which is reported. */
  readonly skip?: Readonly<Record<string, string>>;
  /**
   * Ids of cases that are known to fail, each with the reason, which is reported. One that passes, or is not tried,
   * fails: the list has become wrong. A race that only fails at times belongs to `skip`.
   */
  readonly knownFailures?: Readonly<Record<string, string>>;
  /** Failures of cases that came with later editions of the suite are warnings. Default: the newest, `EDITION`. */
  readonly edition?: string;
  /** Limit of one case in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Share of the full number of racing writers and edits, for slow services. Default 1. */
  readonly scale?: number;
  /** The cases. Default: those of the suite. */
  readonly cases?: readonly Case[];
}

/** What a backend of one case is made from. */
export interface CreateContext {
  /**
   * 18 letters, digits and `-`, unique to the case; for a namespace, folder or table. Some cases ask for a neighbour
   * too, whose name is that of the first with a few characters of any kind behind it.
   */
  readonly name: string;
  /**
   * The same as a list of names: `[name]`. Where `namespaces` is promised some cases ask for neighbours with several
   * names of any kind behind the first; their `name` is all of them, joined by `/`.
   */
  readonly namespace: readonly string[];
}

/** What the suite needs to know of a backend. */
export interface ConformanceOptions extends SuiteOptions {
  /**
   * Makes a backend for one case.
   * @param context See {@link CreateContext}.
   */
  create(context: CreateContext): MaybePromise<BackendProtocol | Host>;
  /** What the backend promises; wins over its own `capabilities` property, and over what can be seen. */
  readonly capabilities?: DeclaredCapabilities;
  readonly cases?: readonly ConformanceCase[];
  /**
   * A module that other processes can import and that exports `create`, as the command line takes it: a path, or a
   * `file:` URL. With it the races of several processes are tried.
   */
  readonly module?: string | URL;
  /** How long random sequences of operations are tried. */
  readonly model?: ModelOptions;
}

const isMeant = (id: string, by: string): boolean => (by.endsWith("/") ? id.startsWith(by) : id === by);

/**
 * Refuses options that name what does not exist.
 * @throws Error for an id that does not exist or exists twice, an unknown capability or edition.
 */
export function checkSuiteOptions(
  options: SuiteOptions & { readonly model?: ModelOptions },
  cases: readonly { readonly id: string }[],
  known: Readonly<Record<string, string>>,
): void {
  const ids = new Set<string>();
  for (const { id } of cases) {
    if (ids.has(id)) throw new Error(`Two conformance cases have the id ${id}.`);
    ids.add(id);
  }
  checkPromises(known, options.capabilities ?? {});
  checkNumbers(options);
  if (options.edition !== undefined) checkEdition(options.edition);
  const { only = [], skip = {}, knownFailures = {} } = options;
  for (const id of Object.keys(knownFailures)) {
    if (!ids.has(id)) throw new Error(`There is no conformance case ${id}.`);
  }
  for (const wanted of [...only, ...Object.keys(skip)]) {
    if (![...ids].some((id) => isMeant(id, wanted)))
      throw new Error(`There is no conformance case ${wanted}.`);
  }
}

/** What is out of range would make cases pass without trying anything. */
function checkNumbers({
  timeoutMs,
  scale,
  model = {},
}: SuiteOptions & { readonly model?: ModelOptions }): void {
  const above0 = { timeoutMs, scale, "model.runs": model.runs, "model.steps": model.steps };
  for (const [name, value] of Object.entries(above0)) {
    const isCount = name.startsWith("model.");
    if (value === undefined) continue;
    if (isCount ? Number.isSafeInteger(value) && value > 0 : Number.isFinite(value) && value > 0) continue;
    throw new Error(`The option ${name} is ${value}; it must be a ${isCount ? "whole " : ""}number above 0.`);
  }
  if (model.seed !== undefined && !Number.isSafeInteger(model.seed)) {
    throw new Error(`The option model.seed is ${model.seed}; it must be a whole number.`);
  }
}

/**
 * The cases that `only` asks for.
 * @throws Error when there is none.
 */
export function selectCases<T extends { readonly id: string }>(
  cases: readonly T[],
  only: readonly string[] | undefined,
): readonly T[] {
  const selected = only ? cases.filter(({ id }) => only.some((by) => isMeant(id, by))) : cases;
  if (selected.length === 0) throw new Error("No conformance case is selected.");
  return selected;
}

/** Why a case is left out on demand. */
export function skipReason(skip: Readonly<Record<string, string>> = {}, id: string): string | undefined {
  const by = Object.keys(skip).find((key) => isMeant(id, key));
  return by === undefined ? undefined : skip[by];
}
