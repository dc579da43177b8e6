import type { Mutant } from "../../mutant.js";
import { authorMutants } from "./authors.js";
import { logMutants } from "./log.js";
import { momentMutants } from "./moments.js";
import { oldVersionMutants } from "./old-versions.js";
import { recordedMutants } from "./recorded.js";
import { sharedMutants } from "./shared.js";

/** Defects of the methods on the history. */
export const historyMutants: readonly Mutant[] = [
  ...recordedMutants,
  ...oldVersionMutants,
  ...momentMutants,
  ...logMutants,
  ...authorMutants,
  ...sharedMutants,
];
