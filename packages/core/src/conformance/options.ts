import type { BackendProtocolV2, MaybePromise } from "../protocol/protocol.js";
import type { DeclaredCapabilities } from "./capabilities.js";
import type { Case, ConformanceCase } from "./case.js";
import type { CaseOptions } from "./case-options.js";
import { checkEdition } from "./editions.js";
import type { BackendFixture, CreateContext } from "./fixture.js";
import { checkPromises } from "./promises.js";

/** What a suite needs to know of its subject. */
export interface SuiteOptions extends Pick<CaseOptions, "timeoutMs" | "scale"> {
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
  /** The cases. Default: those of the suite. */
  readonly cases?: readonly Case[];
}

/** What the suite needs to know of a backend. */
export interface ConformanceOptions extends SuiteOptions, CaseOptions {
  /**
   * Makes a backend for one case.
   * @param context See {@link CreateContext}.
   */
  create(context: CreateContext): MaybePromise<BackendProtocolV2 | BackendFixture>;
  /** What the backend promises; wins over its own `capabilities` property, and over what can be seen. */
  readonly capabilities?: DeclaredCapabilities;
  readonly cases?: readonly ConformanceCase[];
}

const isMeant = (id: string, by: string): boolean => (by.endsWith("/") ? id.startsWith(by) : id === by);

/**
 * Refuses options that name what does not exist.
 * @throws Error for an id that does not exist or exists twice, an unknown capability or edition.
 */
export function checkSuiteOptions(
  options: SuiteOptions & Pick<CaseOptions, "model">,
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
function checkNumbers({ timeoutMs, scale, model = {} }: SuiteOptions & Pick<CaseOptions, "model">): void {
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
