import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NotTried } from "./not-tried.js";

/**
 * Loads an optional package: by `import()`, or by `require` in runners without `import()`, such as Jest without ES
 * modules.
 * @param name Name of a package, or of an entry point: `deepagents`, `@langchain/core/messages`.
 * @throws NotTried "unavailable" with the reason, if the package is not installed or cannot be loaded.
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

/** Resolves the package from the working directory's project, if this one is installed elsewhere, as with `npx`. */
function besideTheUser(name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name)).href;
  } catch {
    // Not installed there either, or without an entry point for `require`.
    return undefined;
  }
}

const messageOf = (failure: unknown): string =>
  String((failure as Partial<Error> | null)?.message ?? failure);

/** True if `import()` is unsupported: by Node's error code, or by Jest's message on a Node without it. */
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
