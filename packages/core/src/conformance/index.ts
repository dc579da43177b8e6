export { VERSION } from "../support/version.js";
export { ConformanceFailure } from "./assert.js";
export type { LevelResult } from "./assess-level.js";
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
export type { ModelOptions } from "./case-options.js";
export type { CaseResult, CaseStatus } from "./case-result.js";
export { allCases } from "./cases/index.js";
export { CaseContext } from "./context.js";
export type { DefineHooks, TestRunner } from "./define.js";
export { EDITION } from "./editions.js";
export { causeOf, FAMILIES, type Family } from "./families.js";
export type { BackendFixture, CreateContext, LostRequest, Restore } from "./fixture.js";
export { LEVELS, type Level, type LevelMeaning, levelOf } from "./levels.js";
export type { ConformanceOptions } from "./options.js";
export { type ConformanceReport, summary } from "./report.js";
export { toHtml } from "./reports/html.js";
export { type JsonCase, type JsonReport, toJson } from "./reports/json.js";
export { toMarkdown } from "./reports/markdown.js";
export { toTap } from "./reports/tap.js";
export type { RunHooks } from "./runner.js";
export {
  type DeclaredStoreCapabilities,
  STORE_CAPABILITIES,
  type StoreCapability,
} from "./store/capabilities.js";
export { storeCases } from "./store/cases/index.js";
export { StoreContext } from "./store/context.js";
export { STORE_FAMILIES } from "./store/families.js";
export type { StoreFixture } from "./store/fixture.js";
export type { StoreCase, StoreOptions } from "./store/options.js";
export {
  type DefineStoreOptions,
  defineStoreWith,
  type RunStoreOptions,
  runStoreCase,
  runStoreConformance,
} from "./store/store-suite.js";
export type { Subject } from "./subject.js";
