import type { Log } from "./measure.js";
import type { Result } from "./measurement.js";
import type { Sizes } from "./sizes.js";

/** Surroundings of a suite. */
export interface Context {
  readonly sizes: Sizes;
  readonly log: Log;
  /** Returns true for the id of a measurement that is selected and not finished. */
  readonly wanted: (id: string) => boolean;
  /** Keeps a result. */
  readonly keep: (result: Result) => Promise<void>;
}

/** Measurements on the same servers and data. */
export interface Suite {
  readonly name: string;
  /** Ids of all measurements, `name/...`. Servers are only started if one of them is wanted. */
  readonly ids: (sizes: Sizes) => readonly string[];
  readonly run: (context: Context) => Promise<void>;
}
