import type { BackendProtocol } from "../protocol.js";

/** What a backend may promise beyond the bare protocol, each with what the promise means. */
export const CAPABILITIES = {
  createOnly: "`write` refuses a file that exists",
  atomic: "no update is lost, however many writers there are",
  atomicDelete: "of several deletions of one file exactly one succeeds",
  fileAndDirectory: "a file and a directory of one name can exist side by side",
  exactSizes: "`size` is the number of bytes of the content",
  ownRoot: "each name given to `create` has a `/` of its own",
  delete: "files and directories can be deleted",
  transfer: "files can be uploaded and downloaded as bytes",
  strictPaths: "a path that could be another spelling of a file is refused",
  strictInput: "content or a pattern that cannot be taken exactly is refused",
  byteFidelity: "what was stored comes back byte for byte",
  ordered: "listings and matches are in code-point order of their paths",
} as const;

/** The name of one promise. */
export type Capability = keyof typeof CAPABILITIES;

/** What a backend promises and what not. */
export type Capabilities = Readonly<Record<Capability, boolean>>;

const names = Object.keys(CAPABILITIES) as Capability[];

/**
 * Refuses names that are not capabilities: a misspelt promise would silently leave its cases out.
 * @throws Error that names the unknown ones and all known ones.
 */
export function checkCapabilities(given: Partial<Capabilities>): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(CAPABILITIES, name));
  if (unknown.length > 0) {
    throw new Error(`Unknown capability ${unknown.join(", ")}. Known are: ${names.join(", ")}.`);
  }
}

/**
 * What `backend` promises: `given` first, then its own `capabilities` property, then what can be seen from its
 * methods. What nobody mentions is not promised.
 */
export function resolveCapabilities(backend: BackendProtocol, given: Partial<Capabilities>): Capabilities {
  checkCapabilities(given);
  const own = (backend as { capabilities?: Readonly<Record<string, unknown>> }).capabilities ?? {};
  const seen: Partial<Capabilities> = {
    delete: typeof backend.delete === "function",
    transfer: typeof backend.uploadFiles === "function" && typeof backend.downloadFiles === "function",
  };
  const promised = (name: Capability): boolean =>
    given[name] ?? (typeof own[name] === "boolean" ? own[name] : (seen[name] ?? false));
  return Object.fromEntries(names.map((name) => [name, promised(name)])) as Record<Capability, boolean>;
}
