export { barrier } from "./barrier.js";
export { pairsOfNamespaces } from "./namespaces.js";
export { NO_PYTHON, type Python, type PythonCall, pythonPackage } from "./python-package.js";
export { type Script, ScriptedModel, type ToolCall } from "./scripted-model.js";
