import type { ConformanceCase } from "../../case.js";
import { compositeCases } from "./composite.js";
import { failureCases } from "./failures.js";
import { guardedHostCases } from "./guarded.js";
import { historyCases } from "./history.js";
import { parallelCases } from "./parallel.js";
import { permissionCases } from "./permissions.js";
import { skillCases } from "./skills.js";
import { subagentCases } from "./subagents.js";
import { toolResultCases } from "./tool-results.js";
import { toolCases } from "./tools.js";

/**
 * Tests how deepagents' own middleware uses a backend, with the real packages and a scripted model. Verified with
 * deepagents 1.12.0, 1.13.5 and 1.14.1.
 */
export const hostCases: readonly ConformanceCase[] = [
  ...toolCases,
  ...failureCases,
  ...parallelCases,
  ...toolResultCases,
  ...historyCases,
  ...skillCases,
  ...subagentCases,
  ...compositeCases,
  ...permissionCases,
  ...guardedHostCases,
];
