import { causeOf } from "../../families.js";
import { STORE_FAMILIES } from "../families.js";
import type { StoreCase } from "../options.js";
import { abortCases } from "./abort.js";
import { checkCases } from "./check.js";
import { removeCases } from "./delete.js";
import { getCases } from "./get.js";
import { keyCases } from "./keys.js";
import { listCases } from "./list.js";
import { listPageCases } from "./list-pages.js";
import { openCases } from "./open.js";
import { pathConflictCases } from "./path-conflicts.js";
import { applyCases } from "./put.js";
import { applyIdCases } from "./put-ids.js";
import { raceCases } from "./races.js";
import { lineCases } from "./read-lines.js";
import { askedCases } from "./requested-at.js";
import { searchCases } from "./search.js";
import { utf8Cases } from "./utf8.js";

/** All cases of the suite about stores, in order. */
export const storeCases: readonly StoreCase[] = [
  ...openCases,
  ...checkCases,
  ...keyCases,
  ...getCases,
  ...utf8Cases,
  ...listCases,
  ...listPageCases,
  ...applyCases,
  ...applyIdCases,
  ...pathConflictCases,
  ...removeCases,
  ...askedCases,
  ...searchCases,
  ...lineCases,
  ...raceCases,
  ...abortCases,
  // The contract is this project's own, and so are all of its rules.
].map((rule) => ({ ...rule, source: "ours", cause: causeOf(rule, STORE_FAMILIES)! }));
