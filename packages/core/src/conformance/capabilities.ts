import type { CaseOptions } from "./case-options.js";
import type { BackendFixture } from "./fixture.js";
import { type Promises, resolvePromises } from "./promises.js";

/** Promises that a backend may make beyond the bare protocol, each with its meaning. */
export const CAPABILITIES = {
  delete: "files and directories can be deleted",
  transfer: "files can be uploaded and downloaded as bytes",
  directories: "files can lie in directories",
  createOnly: "`write` refuses a file that exists",
  fileAndDirectory: "a file and a directory of one name can exist side by side",
  exactSizes: "`size` is the number of bytes of the content",
  exactText: "text comes back as it was written: line ends, final newline, NUL, byte order mark",
  byteFidelity: "uploaded bytes come back byte for byte, and are nobody's but the storage's",
  detectsBinary:
    "bytes that are no text are known as such whatever their name, and never shown or edited as text",
  detectsTypes:
    "bytes are shown to a model by the type that they have, not by their name, and only where a model can be shown them",
  anyName: "any characters make a name, and stand for themselves in patterns",
  spelling: "`a`, `./a` and `//a` mean `/a`, and an answer names the path as it was asked for",
  lookAlikes: "the error about a missing file names one in its directory whose name looks the same",
  errorWords: "errors say it in deepagents' own sentences",
  times:
    "times are ISO 8601 in UTC with milliseconds; `created_at` is kept by an edit, and set anew by a replacement",
  positions: "a read tells the lines that it shows, how many there are, and where to go on",
  grepGlobs: "`grep` matches its glob as `glob` does: the path where it has a slash, and names with a dot",
  globSyntax: "globs have classes, braces and extglobs",
  ordered: "listings and matches are in code-point order of their paths",
  idempotentWrites: "`write` of what is already there succeeds and changes nothing",
  keepsHistory: "a file under `/conversation_history/` is replaced only by content that begins with its own",
  strictInput: "content or a pattern that cannot be taken exactly is refused",
  strictPaths: "a path that could be another spelling of a file is refused",
  failsFast:
    "once an operation has failed because the service is away, others fail within a second until it is back",
  atomic: "no update is lost, however many writers there are",
  atomicDelete: "of several deletions of one file exactly one succeeds",
  processes: "other processes can open the same files",
  ownRoot: "each name given to `create` has a `/` of its own",
  namespaces:
    "each list of names given to `create` as `namespace` is a root of its own, whatever characters they have",
  outage: "the tests can take the service away, and give it back",
  readOutage: "the tests can make the service fail whatever only reads",
  deadConnections: "the tests can let every open connection die without a FIN or RST",
  lostAnswers: "the tests can lose one answer of the service to a change",
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

/**
 * Resolves the promises of a backend: first from `options`, then from its own `capabilities` property, then by
 * detection.
 * @throws Error if the promises contradict each other.
 */
export function capabilitiesOf(
  host: BackendFixture,
  {
    capabilities = {},
    module,
  }: Pick<CaseOptions, "module"> & { readonly capabilities?: DeclaredCapabilities },
): Capabilities {
  const { backend } = host;
  const own = (backend as { capabilities?: Readonly<Record<string, unknown>> }).capabilities ?? {};
  const visible = {
    directories: true,
    delete: typeof backend.delete === "function",
    transfer: typeof backend.uploadFiles === "function" && typeof backend.downloadFiles === "function",
    processes: module !== undefined,
    outage: typeof host.outage === "function",
    readOutage: typeof host.readOutage === "function",
    deadConnections: typeof host.deadConnections === "function",
    lostAnswers: typeof host.loseAnswer === "function",
  };
  const resolved = resolvePromises(CAPABILITIES, capabilities, own, visible) as Capabilities;
  for (const name of ["outage", "readOutage", "deadConnections"] as const) {
    if (resolved[name] && host[name] === undefined) {
      throw new Error(`\`${name}\` is promised, but \`create\` answers with no function \`${name}\`.`);
    }
  }
  if (resolved.lostAnswers && host.loseAnswer === undefined) {
    throw new Error("`lostAnswers` is promised, but `create` answers with no function `loseAnswer`.");
  }
  if (!resolved.directories && !resolved.ownRoot) {
    throw new Error(
      "A backend without `directories` must promise `ownRoot`: without a directory of its own a case needs a backend of its own.",
    );
  }
  return resolved;
}
