import type { ConformanceCase } from "../../case.js";
import { authorCases } from "./authors.js";
import { logCases } from "./log.js";
import { momentCases } from "./moments.js";
import { oldVersionCases } from "./old-versions.js";
import { recordedCases } from "./recorded.js";
import { sharedHistoryCases } from "./shared.js";

/** Tests the history of a backend that promises one. */
export const historyCases: readonly ConformanceCase[] = [
  ...recordedCases,
  ...oldVersionCases,
  ...momentCases,
  ...logCases,
  ...authorCases,
  ...sharedHistoryCases,
];
