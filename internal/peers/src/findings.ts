/** Defect that the suite found. */
export interface Finding {
  /** Short names of the backends that have it. */
  readonly backends: readonly string[];
  /** Description in one or two sentences. */
  readonly what: string;
  /** Ids of cases that reproduce it reliably. */
  readonly cases: readonly string[];
  /** File in `internal/peers/test` that reproduces it, if no case can. */
  readonly test?: string;
}

const STATE_AND_STORES = ["state", "store-memory", "store-postgres"];
const STORES = ["store-memory", "store-postgres"];

/** Defects, described by hand from the results of the cases and the sources of the backends. */
export const findings: readonly Finding[] = [
  {
    backends: ["filesystem"],
    what: "`readRaw` of a missing file, or of `//`, rejects instead of answering `{ error }`; the exception names the path on the host.",
    cases: ["shape/answers/either-error-or-result", "shape/answers/nothing-rejects"],
  },
  {
    backends: ["filesystem"],
    what: "`grep` for a text with NUL, or with NUL in its glob, rejects, which ends the agent's run.",
    cases: ["grep/lines/nul", "shape/answers/strange-patterns"],
  },
  {
    backends: ["filesystem"],
    what: "`grep` with a file as its path searches all files of that file's directory.",
    cases: ["grep/path/file", "model/text/plain"],
  },
  {
    backends: ["filesystem"],
    what: "A file of nothing but white space is read as an empty one.",
    cases: ["read/whole/only-white-space"],
  },
  {
    backends: ["filesystem"],
    what: "An edit of a picture decodes its bytes as text and stores the result: the picture is lost, and the edit told as done.",
    cases: ["edit/binary/refused"],
  },
  {
    backends: ["filesystem"],
    what: "A picture written as a `data:` URL is stored as other bytes; StateBackend and StoreBackend take such URLs.",
    cases: ["write/base64/data-url"],
  },
  {
    backends: ["filesystem"],
    what: "Edits of one file in one turn of an agent are all told as done, and only some are kept.",
    cases: ["host/parallel/edits-of-one-file", "races/edit/no-update-is-lost"],
  },
  {
    backends: ["state", "store-memory"],
    what: "Of edits of one file in one turn of an agent, whose files are in its state or in the store of its graph, one is kept, and all are told as done.",
    cases: [],
    test: "parallel-edits.test.ts",
  },
  {
    backends: STATE_AND_STORES,
    what: "A file can be written or uploaded at `/` or at an empty path; `glob` and `grep` of `/` then look at that file only.",
    cases: [
      "paths/root/is-no-file-to-write",
      "paths/root/is-no-file-to-write-empty",
      "paths/root/is-no-file-to-transfer",
      "host/composite/mount-point",
    ],
  },
  {
    backends: STATE_AND_STORES,
    what: "An empty file is shown to the model as a line 1 that does not exist, where the tool's description promises a reminder.",
    cases: ["read/empty/reminder", "host/tools/empty-file"],
  },
  {
    backends: STATE_AND_STORES,
    what: "A page past the end of a file is shown to the model as a line that does not exist, such as 501 of a file of one line.",
    cases: ["read/offset/past-the-end", "host/failures/offset-past-the-end"],
  },
  {
    backends: STATE_AND_STORES,
    what: "Words written to a picture's name (a model may do so) throw, which ends the agent's run.",
    cases: ["write/base64/words-are-answered"],
  },
  {
    backends: ["state"],
    what: "An edit of a picture throws, which ends the agent's run.",
    cases: ["edit/binary/refused"],
  },
  {
    backends: STATE_AND_STORES,
    what: "A pattern of `glob` that begins with a slash, as the example in the tool's description does, finds nothing.",
    cases: ["glob/leading-slash/stripped", "glob/path/leading-slash-pattern"],
  },
  {
    backends: STATE_AND_STORES,
    what: "An empty pattern of `glob` throws, which ends the agent's run.",
    cases: ["glob/empty/finds-nothing", "host/failures/odd-arguments"],
  },
  {
    backends: STATE_AND_STORES,
    what: "A text that is uploaded loses its byte order mark.",
    cases: ["model/text/exact"],
  },
  {
    backends: STORES,
    what: "A namespace with a dot, such as an e-mail address, is accepted by StoreBackend, whose documentation allows it, and every operation on it throws.",
    cases: ["isolation/neighbor/e-mail", "isolation/namespace/e-mail", "isolation/namespace/dot"],
  },
  {
    backends: ["store-memory"],
    what: "A namespace with a colon, which the documentation allows too, throws in every operation.",
    cases: ["isolation/namespace/colon"],
  },
  {
    backends: ["store-postgres"],
    what: 'The namespace `acme` lists, finds and searches the files of `acme-corp` and `acme0`, and `["a", "b"]` those of `["a:b"]`: namespaces are looked for as prefixes of joined text.',
    cases: ["isolation/neighbor/dash", "isolation/neighbor/digit", "isolation/namespace/colon"],
  },
  {
    backends: ["store-postgres"],
    what: "A namespace with `_`, which StoreBackend's documentation allows, throws in every operation.",
    cases: ["isolation/neighbor/underscore"],
  },
  {
    backends: ["store-postgres"],
    what: "Pictures and other binary files cannot be read, downloaded or replaced after they were stored: their bytes become an object in JSON.",
    cases: [
      "read/binary/written-as-base64",
      "types/media/a.png",
      "upload/input/buffer",
      "write/base64/plain",
      "host/tools/picture",
    ],
  },
  {
    backends: ["store-postgres"],
    what: "Text with NUL or half of a surrogate pair, as tool results have them, throws in `write`, which ends the agent's run: JSONB cannot hold it.",
    cases: [
      "read/text/nul",
      "write/lone-surrogates/lose-nothing-else",
      "agent-areas/history/nul-survives-an-append",
      "host/tool-results/any-content",
    ],
  },
  {
    backends: ["store-postgres"],
    what: "When the server goes away, the errors of pooled connections have no listener, which ends the process.",
    cases: ["outage/read/is-an-error", "outage/edit/is-an-error"],
  },
  {
    backends: ["store-postgres", "deepagents-s3-backend"],
    what: "Of edits of one file at the same time most are lost, and all are told as done.",
    cases: ["races/edit/no-update-is-lost"],
  },
  {
    backends: ["composite"],
    what: "`write` and `edit` answer with a path that has lost the mount's prefix.",
    cases: ["write/answer/shape", "write/existing/same-content-accepted", "edit/answer/shape"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "`glob`, and `grep` with a glob, fail as the package is loaded as an ES module: it calls a function of a CommonJS package that is not there. `glob` tells the error as a file of that name.",
    cases: ["glob/globstar/any-depth", "grep/glob/base-name-at-any-depth", "host/tools/listed-and-found"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "A missing file, or a directory, reads as a file whose content is the error's text, and an edit of it creates a file out of that text.",
    cases: [
      "read/missing/parent-exists",
      "read/directory/is-no-file",
      "edit/missing/empty-old-creates-nothing",
      "host/failures/missing-file",
    ],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "While the service is away, `read` answers with the error's text as content, `ls` with an empty directory, `glob` with a file, and `edit` says that the text was not found.",
    cases: [
      "outage/read/is-an-error",
      "outage/ls/is-an-error",
      "outage/glob/is-an-error",
      "outage/edit/is-an-error",
    ],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "While requests that read fail and those that write go through, `write` replaces a file that it is meant to protect, a conversation's history among them, and `edit` replaces a file by the error's text with the edit applied to it.",
    cases: [
      "read-outage/write/never-replaces",
      "read-outage/history/is-not-replaced",
      "read-outage/edit/everything-or-nothing",
    ],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "`read` numbers the lines itself, as the protocol's first version wanted; deepagents 1.14 takes the numbers for content, and knows neither type nor positions.",
    cases: ["read/whole/content-and-position", "types/text/a.txt", "read/window/first"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "Pictures written as base64 are stored as that text, and pictures that were uploaded are shown as text.",
    cases: ["write/base64/plain", "types/media/a.png", "host/tools/picture"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "The new text of an edit is no literal: `$&`, `$$` and the like are replaced.",
    cases: ["edit/literal/new-ampersand", "edit/literal/new-dollar", "edit/literal/new-before"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "An edit turns CRLF into LF in the whole file, and finds LF where the file has CRLF.",
    cases: ["edit/keeps/bytes-outside", "edit/exact/newline-is-not-crlf"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "An edit of a text that is there several times replaces the first, and one of the empty text inserts before the first character.",
    cases: ["edit/single/ambiguous-is-refused", "edit/empty-old/refused-on-content"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "`/` reads and downloads as the listing of the bucket in XML.",
    cases: ["paths/root/is-no-file-to-read", "paths/root/is-no-file-to-transfer"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "`\\` in a path is taken for `/`, so that a rule about one spelling does not hold for the other.",
    cases: ["paths/different/backslash"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "A search of `/src` finds matches in `/src-old` and `/src.txt`, and one of a file in files whose names begin with its name. Pictures are searched too.",
    cases: ["grep/path/prefix-sibling", "grep/path/file", "grep/binary/skipped-by-type"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "Answers of an upload come in the order in which its requests ended, not in that of its files.",
    cases: ["upload/answer/one-per-input-in-order"],
  },
  {
    backends: ["deepagents-s3-backend"],
    what: "A tool result whose call id was used before, as in a step that is repeated, is not saved, or the older one is shown.",
    cases: ["agent-areas/tool-results/written-again", "host/tool-results/id-used-again"],
  },
];
