import type { StoreRule } from "../../options.js";
import { historyAbortCases } from "./abort.js";
import { changesCases } from "./changes.js";
import { contentCases } from "./contents.js";
import { eraseCases } from "./erase.js";
import { momentCases } from "./moments.js";
import { historyRaceCases } from "./races.js";
import { versionCases } from "./versions.js";

/** Tests the history of a store that keeps one. */
export const historyCases: readonly StoreRule[] = [
  ...versionCases,
  ...contentCases,
  ...momentCases,
  ...changesCases,
  ...eraseCases,
  ...historyRaceCases,
  ...historyAbortCases,
];
