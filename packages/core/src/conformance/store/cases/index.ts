import { causeOf } from "../../families.js";
import { STORE_FAMILIES } from "../families.js";
import type { StoreCase } from "../options.js";
import { abortCases } from "./abort.js";
import { applyCases } from "./apply.js";
import { applyIdCases } from "./apply-ids.js";
import { askedCases } from "./asked.js";
import { checkCases } from "./check.js";
import { clashCases } from "./clash.js";
import { getCases } from "./get.js";
import { keyCases } from "./keys.js";
import { lineCases } from "./lines.js";
import { listCases } from "./list.js";
import { listPageCases } from "./list-pages.js";
import { openCases } from "./open.js";
import { raceCases } from "./races.js";
import { removeCases } from "./remove.js";
import { searchCases } from "./search.js";
import { utf8Cases } from "./utf8.js";

/** The table of contents of the suite about stores. */
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
  ...clashCases,
  ...removeCases,
  ...askedCases,
  ...searchCases,
  ...lineCases,
  ...raceCases,
  ...abortCases,
  // The contract is this project's own, and so is each of its rules.
].map((rule) => ({ ...rule, source: "ours", cause: causeOf(rule, STORE_FAMILIES)! }));
