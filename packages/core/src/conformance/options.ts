import type { BackendProtocol, MaybePromise } from "../protocol.js";
import { type Capabilities, checkCapabilities } from "./capabilities.js";
import type { ConformanceCase } from "./case.js";
import { allCases } from "./cases/index.js";

/** A backend with ways to open it again and to let go of it. */
export interface Host {
  readonly backend: BackendProtocol;
  /** Another instance on the same storage, for races. Default: the same instance again. */
  open?(): MaybePromise<BackendProtocol>;
  /** Called when the case is over, whatever became of it. */
  close?(): MaybePromise<void>;
}

/** What the suite needs to know of a backend. */
export interface ConformanceOptions {
  /** Names the backend in reports. */
  readonly name: string;
  /**
   * Makes a backend for one case.
   * @param context `name`: letters, digits and `-`, unique to the case; for a namespace, folder or table.
   */
  create(context: { readonly name: string }): MaybePromise<BackendProtocol | Host>;
  /** What the backend promises; wins over its own `capabilities` property. */
  readonly capabilities?: Partial<Capabilities>;
  /** Ids of the cases to try, or families such as `edit/`. Default: all. */
  readonly only?: readonly string[];
  /** Ids of cases that are left out, each with the reason, which is reported. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Limit of one case in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Share of the full number of racing writers and edits, for slow services. Default 1. */
  readonly scale?: number;
  /** The cases. Default: those of the suite. */
  readonly cases?: readonly ConformanceCase[];
}

/**
 * The cases that `options` ask for.
 * @throws Error for an id that does not exist or exists twice, an unknown capability, or when no case is left.
 */
export function selectCases(options: ConformanceOptions): readonly ConformanceCase[] {
  const cases = options.cases ?? allCases;
  const ids = new Set<string>();
  for (const { id } of cases) {
    if (ids.has(id)) throw new Error(`Two conformance cases have the id ${id}.`);
    ids.add(id);
  }
  checkCapabilities(options.capabilities ?? {});
  const isMeant = (id: string, by: string) => (by.endsWith("/") ? id.startsWith(by) : id === by);
  for (const wanted of [...(options.only ?? []), ...Object.keys(options.skip ?? {})]) {
    if (![...ids].some((id) => isMeant(id, wanted)))
      throw new Error(`There is no conformance case ${wanted}.`);
  }
  const { only } = options;
  const selected = only ? cases.filter(({ id }) => only.some((by) => isMeant(id, by))) : cases;
  if (selected.length === 0) throw new Error("No conformance case is selected.");
  return selected;
}

/** Why a case is left out on demand. */
export function skipReason(options: ConformanceOptions, id: string): string | undefined {
  const by = Object.keys(options.skip ?? {}).find(
    (key) => key === id || (key.endsWith("/") && id.startsWith(key)),
  );
  return by === undefined ? undefined : options.skip?.[by];
}
