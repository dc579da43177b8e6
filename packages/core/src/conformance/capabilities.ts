import type { CaseOptions } from "./case-options.js";
import type { BackendFixture } from "./fixture.js";
import { type Promises, resolvePromises } from "./promises.js";

/** Promises that a backend may make beyond the bare protocol, each with its meaning. */
export const CAPABILITIES = {
  delete: "files and directories can be deleted",
  transfer: "files can be uploaded and downloaded as bytes",
  directories: "files can lie in directories",
  createOnly: "`write` refuses a file that exists",
  guarded: "`write` replaces a file only if its reader, the instance, has seen the version that is stored",
  fileAndDirectory: "a file and a directory of one name can exist side by side",
  exactSizes: "`size` is the number of bytes of the content",
  exactText: "text is returned as it was written: line endings, final newline, NUL, byte order mark",
  byteFidelity: "uploaded bytes are returned byte for byte, and are not shared with the caller's buffer",
  detectsBinary: "binary content is recognized whatever its name, and never shown or edited as text",
  detectsTypes:
    "binary content is shown to a model by its detected type, not by its name, and only if a model can display it",
  anyName: "names may contain any characters, which stand for themselves in patterns",
  spelling: "`a`, `./a` and `//a` mean `/a`, and an answer names the path as it was requested",
  lookAlikes: "the error for a missing file names a file of the same directory whose name looks the same",
  errorWords: "errors use the exact sentences of deepagents",
  times:
    "times are ISO 8601 in UTC with milliseconds; an edit keeps `created_at`, and a replacement resets it",
  positions:
    "a read reports the lines that it shows, the total number of lines, and the offset to continue from",
  grepGlobs: "`grep` matches its glob as `glob` does: the path where it has a slash, and names with a dot",
  globSyntax: "globs support classes, braces and extglobs",
  ordered: "listings and matches are in code-point order of their paths",
  idempotentWrites: "`write` of identical content succeeds and changes nothing",
  keepsConversationHistory:
    "a file under `/conversation_history/` is replaced only by content that begins with the existing content",
  strictInput: "content or a pattern that cannot be handled exactly is refused",
  strictPaths: "a path that could be an alternative spelling of another path is refused",
  failsFast:
    "after an operation has failed because of an outage, others fail within a second until the service is back",
  history: "every version of every file is kept, and can be listed, read, restored, rewound to and erased",
  authors: "the tests can set the author of changes, whom the history records",
  deletionAuthors: "the history knows who deleted a file",
  atomic: "no update is lost, no matter how many writers there are",
  atomicDelete: "exactly one of several concurrent deletions of a file succeeds",
  processes: "other processes can open the same files",
  ownRoot: "each name given to `create` has a `/` of its own",
  namespaces:
    "each list of names given to `create` as `namespace` is a root of its own, whatever characters they have",
  outage: "the tests can start and end an outage of the service",
  readOutage: "the tests can make all requests that only read fail",
  deadConnections: "the tests can let every open connection die without a FIN or RST",
  lostAnswers: "the tests can lose the service's answer to a change",
  maxPathBytes:
    "paths up to this many bytes of UTF-8, without the first slash, are accepted, and no longer ones",
  maxFileBytes: "files up to this many bytes are accepted, and no larger ones",
} as const;

/** Name of a promise. */
export type Capability = keyof typeof CAPABILITIES;

/** Names of promises that are a number. */
export type Limit = "maxPathBytes" | "maxFileBytes";

/** Promises that a backend makes or does not make; limits in bytes. */
export type Capabilities = Promises<Capability> & Readonly<Record<Limit, number | false>>;

/** Promises of a backend as declared by its author; the rest is detected. */
export type DeclaredCapabilities = Partial<
  Readonly<Record<Exclude<Capability, Limit>, boolean> & Record<Limit, number>>
>;

/** Promises that need a function of the fixture. */
const SIMULATIONS = {
  outage: "outage",
  readOutage: "readOutage",
  deadConnections: "deadConnections",
  lostAnswers: "loseAnswer",
  authors: "setAuthor",
} as const satisfies Partial<Record<Capability, keyof BackendFixture>>;

/**
 * Resolves the promises of a backend: first from `options`, then from its own `capabilities` property, then by
 * detection.
 * @throws Error if the promises contradict each other.
 */
export function capabilitiesOf(
  fixture: BackendFixture,
  {
    capabilities = {},
    module,
  }: Pick<CaseOptions, "module"> & { readonly capabilities?: DeclaredCapabilities },
): Capabilities {
  const { backend } = fixture;
  const own = (backend as { capabilities?: Readonly<Record<string, unknown>> }).capabilities ?? {};
  const visible = {
    directories: true,
    deletionAuthors: Boolean(capabilities.history ?? own.history),
    delete: typeof backend.delete === "function",
    transfer: typeof backend.uploadFiles === "function" && typeof backend.downloadFiles === "function",
    processes: module !== undefined,
    ...Object.fromEntries(
      Object.entries(SIMULATIONS).map(([name, method]) => [name, typeof fixture[method] === "function"]),
    ),
  };
  const resolved = resolvePromises(CAPABILITIES, capabilities, own, visible) as Capabilities;
  for (const [name, method] of Object.entries(SIMULATIONS) as [Capability, keyof BackendFixture][]) {
    if (resolved[name] && fixture[method] === undefined) {
      throw new Error(`\`${name}\` is promised, but \`create\` returns no function \`${method}\`.`);
    }
  }
  if (resolved.guarded && fixture.open === undefined) {
    throw new Error(
      "`guarded` is promised, but `create` returns no function `open`: a second instance is needed to change files that the first one has seen.",
    );
  }
  if (!resolved.directories && !resolved.ownRoot) {
    throw new Error(
      "A backend without `directories` must promise `ownRoot`: without a directory of its own a case needs a backend of its own.",
    );
  }
  return resolved;
}
