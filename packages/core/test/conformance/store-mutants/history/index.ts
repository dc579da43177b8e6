import type { StoreMutant } from "../mutant.js";
import { historyAbortMutants, logMutants } from "./log-and-erase.js";
import { momentMutants } from "./moments.js";
import { recordingMutants } from "./recording.js";

/** Defects of a history. */
export const historyMutants: readonly StoreMutant[] = [
  ...recordingMutants,
  ...momentMutants,
  ...logMutants,
  ...historyAbortMutants,
];
