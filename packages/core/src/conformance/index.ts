export { ConformanceFailure } from "./assert.js";
export {
  type DefineOptions,
  defineWith,
  type RunOptions,
  runCase,
  runConformance,
} from "./backend-suite.js";
export {
  CAPABILITIES,
  type Capabilities,
  type Capability,
  type DeclaredCapabilities,
  type Limit,
} from "./capabilities.js";
export type { Case, ConformanceCase, RuleSource } from "./case.js";
export { allCases } from "./cases/index.js";
export { causeOf } from "./causes.js";
export type { CaseContext } from "./context.js";
export type { DefineHooks, TestRunner } from "./define.js";
export { EDITION } from "./editions.js";
export { LEVELS, type Level, type LevelMeaning, levelOf, type Standing } from "./levels.js";
export type { ConformanceOptions, Host, Mend, ModelOptions } from "./options.js";
export { type CaseResult, type CaseStatus, type ConformanceReport, summary } from "./report.js";
export type { RunHooks } from "./runner.js";
export type { Subject } from "./subject.js";
