import type { BackendProtocolV2, MaybePromise } from "../protocol/protocol.js";
import type { DeclaredCapabilities } from "./capabilities.js";
import type { Case, ConformanceCase } from "./case.js";
import type { CaseOptions } from "./case-options.js";
import { checkEdition } from "./editions.js";
import type { BackendFixture, CreateContext } from "./fixture.js";
import { checkPromises } from "./promises.js";

/** Options of a suite about its subject. */
export interface SuiteOptions extends Pick<CaseOptions, "timeoutMs" | "scale"> {
  /** Name of the subject in reports. */
  readonly name: string;
  /** Promises of the subject; they override its own declaration and detection. */
  readonly capabilities?: object;
  /** Ids of the cases to run, or prefixes of ids such as `edit/`. Default: all. */
  readonly only?: readonly string[];
  /** Ids or prefixes of ids of cases to skip, each with the reason, which is reported. */
  readonly skip?: Readonly<Record<string, string>>;
  /**
   * Ids of cases that are known to fail, each with the reason, which is reported. Such a case fails the run if it
   * passes or is not run: the list is then outdated. Put a race that fails only sometimes into `skip`.
   */
  readonly knownFailures?: Readonly<Record<string, string>>;
  /** Failures of cases added by later editions of the suite are warnings. Default: the newest, `EDITION`. */
  readonly edition?: string;
  /** Cases to run. Default: those of the suite. */
  readonly cases?: readonly Case[];
}

/** Options of the suite about backends. */
export interface ConformanceOptions extends SuiteOptions, CaseOptions {
  /**
   * Creates a backend for one case.
   * @param context See {@link CreateContext}.
   */
  create(context: CreateContext): MaybePromise<BackendProtocolV2 | BackendFixture>;
  /** Promises of the backend; they override its own `capabilities` property and detection. */
  readonly capabilities?: DeclaredCapabilities;
  readonly cases?: readonly ConformanceCase[];
}

const isMeant = (id: string, by: string): boolean => (by.endsWith("/") ? id.startsWith(by) : id === by);

/**
 * Rejects options with unknown names.
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

/** Rejects numbers out of range, with which cases would pass without testing anything. */
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
 * Selects the cases requested by `only`.
 * @throws Error if there is none.
 */
export function selectCases<T extends { readonly id: string }>(
  cases: readonly T[],
  only: readonly string[] | undefined,
): readonly T[] {
  const selected = only ? cases.filter(({ id }) => only.some((by) => isMeant(id, by))) : cases;
  if (selected.length === 0) throw new Error("No conformance case is selected.");
  return selected;
}

/** Returns the reason why a case is skipped on request. */
export function skipReason(skip: Readonly<Record<string, string>> = {}, id: string): string | undefined {
  const by = Object.keys(skip).find((key) => isMeant(id, key));
  return by === undefined ? undefined : skip[by];
}
