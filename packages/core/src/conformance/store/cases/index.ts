import { causeOf } from "../../families.js";
import { STORE_FAMILIES } from "../families.js";
import type { StoreCase } from "../options.js";
import { abortCases } from "./abort.js";
import { checkCases } from "./check.js";
import { deleteCases } from "./delete.js";
import { getCases } from "./get.js";
import { historyCases } from "./history/index.js";
import { keyCases } from "./keys.js";
import { listCases } from "./list.js";
import { listPageCases } from "./list-pages.js";
import { openCases } from "./open.js";
import { pathConflictCases } from "./path-conflicts.js";
import { putCases } from "./put.js";
import { putIdCases } from "./put-ids.js";
import { raceCases } from "./races.js";
import { readLinesCases } from "./read-lines.js";
import { requestedAtCases } from "./requested-at.js";
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
  ...putCases,
  ...putIdCases,
  ...pathConflictCases,
  ...deleteCases,
  ...requestedAtCases,
  ...searchCases,
  ...readLinesCases,
  ...historyCases,
  ...raceCases,
  ...abortCases,
  // The contract is this project's own, and so are all of its rules.
].map((rule) => ({ ...rule, source: "ours", cause: causeOf(rule, STORE_FAMILIES)! }));
