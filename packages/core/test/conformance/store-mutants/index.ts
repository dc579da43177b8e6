import { checkingMutants } from "./checking.js";
import { deletingMutants } from "./deleting.js";
import { historyMutants } from "./history/index.js";
import { listingMutants } from "./listing.js";
import type { StoreMutant } from "./mutant.js";
import { readingMutants } from "./reading.js";
import { searchingMutants } from "./searching.js";
import { sharingMutants } from "./sharing.js";
import { utf8Mutants } from "./utf8.js";
import { writingMutants } from "./writing.js";

/** Defects that an author of a store is likely to make. */
export const storeMutants: readonly StoreMutant[] = [
  ...readingMutants,
  ...listingMutants,
  ...writingMutants,
  ...deletingMutants,
  ...searchingMutants,
  ...sharingMutants,
  ...historyMutants,
  ...checkingMutants,
  ...utf8Mutants,
];
