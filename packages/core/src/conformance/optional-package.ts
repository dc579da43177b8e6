import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NotTried } from "./not-tried.js";

/**
 * Loads a package that the suite does not depend on: by `import()`, or by `require` where the runner has no `import()`,
 * as jest without ES modules.
 * @param name Of a package, or of an entry of one: `deepagents`, `@langchain/core/messages`.
 * @throws NotTried "unavailable" with the reason, when the package is not installed or cannot be loaded.
 */
export async function loadOptional<T>(name: string): Promise<T> {
  try {
    return await load<T>(name).catch((failure) => {
      const url = besideTheUser(name);
      if (url === undefined) throw failure;
      return load<T>(url);
    });
  } catch (failure) {
    throw new NotTried({ status: "unavailable", reason: reasonOf(name, failure) });
  }
}

const load = <T>(name: string): Promise<T> =>
  import(name).catch((failure) => {
    if (!isWithoutImport(failure)) throw failure;
    return require(name);
  });

/** Where the package is in the working directory's project, when this one was installed elsewhere, as `npx` does. */
function besideTheUser(name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name)).href;
  } catch {
    // It is not there either, or has no entry for `require`.
    return undefined;
  }
}

const messageOf = (failure: unknown): string =>
  String((failure as Partial<Error> | null)?.message ?? failure);

/** Told by Node's code, or by jest's words for a Node without it. */
const isWithoutImport = (failure: unknown): boolean =>
  String((failure as { code?: unknown } | null)?.code).startsWith("ERR_VM_DYNAMIC_IMPORT") ||
  messageOf(failure).includes("ES Modules in the VM API");

function reasonOf(name: string, failure: unknown): string {
  const owner = /^(?:@[^/]+\/)?[^/]+/.exec(name)![0];
  const [, missing = ""] = /^Cannot find (?:module|package) '([^']+)'/.exec(messageOf(failure)) ?? [];
  return [owner, name].includes(missing)
    ? `${missing} is not installed`
    : `${owner} cannot be loaded: ${messageOf(failure)}`;
}
