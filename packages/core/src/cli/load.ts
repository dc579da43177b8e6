import { existsSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ConformanceOptions } from "../conformance/index.js";
import { UsageError } from "./io.js";
import { EXAMPLE } from "./usage.js";

type Check = (value: unknown) => boolean;

const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isString: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isTexts: Check = (value) => isObject(value) && Object.values(value as object).every(isString);

/** Exports that a module may have, each with the accepted values. */
const EXPORTS: Readonly<Record<string, readonly [words: string, check: Check]>> = {
  create: ["a function that makes a backend", (value) => typeof value === "function"],
  name: ["a text", isString],
  capabilities: ["an object, such as { ownRoot: true }", isObject],
  knownFailures: ["an object of case ids and reasons", isTexts],
  skip: ["an object of case ids and reasons", isTexts],
  only: ["an array of case ids", (value) => Array.isArray(value) && value.every(isString)],
  timeoutMs: ["a number of milliseconds", isNumber],
  scale: ["a number", isNumber],
  edition: ['a text, such as "0.1"', isString],
  model: ["an object { runs, steps, seed }", isObject],
};

/** Exports that the module system adds. */
const OF_MODULES: ReadonlySet<string> = new Set(["default", "module.exports", "__esModule"]);

/**
 * Loads a user's module.
 * @param module A path, relative to `cwd`, or a `file:` URL.
 * @throws UsageError if there is no such module, it cannot be loaded, or it lacks a required export.
 */
export async function load(module: string, cwd: string): Promise<ConformanceOptions> {
  const url = urlOf(module, cwd);
  if (!existsSync(url)) throw wrong(`There is no file ${fileURLToPath(url)}.`);
  const exported = exportsOf(await imported(url));
  if (exported === undefined) {
    throw wrong(
      `${module} must export \`create\`, a function that makes a backend, by name or in its default.`,
    );
  }
  // Classes and functions may be exported for other purposes; a misspelled option would be silently ignored.
  const unknown = Object.entries(exported).filter(
    ([name, value]) => !Object.hasOwn(EXPORTS, name) && !OF_MODULES.has(name) && typeof value !== "function",
  );
  if (unknown.length > 0) {
    const names = unknown.map(([name]) => `\`${name}\``).join(", ");
    throw wrong(
      `${module} exports ${names}, which is no option. Options are ${Object.keys(EXPORTS).join(", ")}.`,
    );
  }
  const options: Record<string, unknown> = {};
  for (const [name, [words, check]] of Object.entries(EXPORTS)) {
    const value = exported[name];
    if (value === undefined) continue;
    if (!check(value)) throw wrong(`The export \`${name}\` of ${module} must be ${words}.`);
    options[name] = value;
  }
  const fileName = fileURLToPath(url);
  return {
    name: basename(fileName, extname(fileName)),
    ...(options as unknown as Omit<ConformanceOptions, "name">),
    module: url,
  };
}

function urlOf(module: string, cwd: string): URL {
  if (!module.startsWith("file:")) return pathToFileURL(resolve(cwd, module));
  try {
    const url = new URL(module);
    fileURLToPath(url);
    return url;
  } catch {
    throw wrong(`${module} is no URL of a file on this machine.`);
  }
}

async function imported(url: URL): Promise<object> {
  try {
    return await import(url.href);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const own = why.split("\n").filter((line) => !line.includes("node:internal/"));
    throw new UsageError(`${fileURLToPath(url)} cannot be loaded: ${own.join("\n")}`);
  }
}

/**
 * Returns the named exports, or those of a default export. ES modules compiled to CommonJS nest one default in another.
 */
function exportsOf(namespace: object): Readonly<Record<string, unknown>> | undefined {
  const { default: own } = namespace as { default?: { default?: unknown } };
  return [namespace, own, own?.default].find(
    (some): some is Record<string, unknown> =>
      typeof some === "object" && some !== null && "create" in some && some.create !== undefined,
  );
}

const wrong = (message: string): UsageError =>
  new UsageError(`${message}\n\nA module looks like this:\n${EXAMPLE}`);
