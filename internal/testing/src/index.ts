export { barrier } from "./barrier.js";
export { CASE_TIMEOUT_MS } from "./case-timeout.js";
export { expectDone, expectOutage, prepareAll, runAll } from "./operations.js";
export { definePythonTests } from "./python-tests.js";
export { refusals } from "./refusals.js";
export { defineRefusedPathTests } from "./refused-paths.js";
export { ScriptedModel, type ToolCall } from "./scripted-model.js";
