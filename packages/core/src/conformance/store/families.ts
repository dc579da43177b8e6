import type { Family } from "../families.js";

/** Families of the suite about stores. */
export const STORE_FAMILIES: Readonly<Record<string, Family>> = {
  open: {
    about: "Opening a store: by many processes at once, and on a storage that is in use.",
    usually: "Tables or buckets are created without regard to concurrent creation.",
    topics: {
      aborted: "The partial work of an aborted attempt is taken for complete, or blocks the next one.",
    },
  },
  close: {
    about: "Closing a store, which affects neither its files nor other stores on them.",
    usually: "A resource is closed that belongs to others, or that was never opened.",
  },
  check: {
    about: "The store's own check of its service, which reads and reports.",
    usually: "The check tries what operations do: it writes, or opens the storage.",
    topics: {
      again: "Findings are kept in the store, not in the report.",
      unopened: "The check uses something that `open` creates.",
    },
  },
  keys: {
    about:
      "Which keys can be stored. If a storage treats two keys as equal, two tenants may see each other's files.",
    usually: "A key becomes part of a query, a URL or a file name without being escaped.",
    topics: {
      characters:
        "LIKE, GLOB or KEYS patterns over unescaped keys, or keys that are decoded in one direction only.",
      different:
        "A collation, a file system or a client that folds case, Unicode forms or blanks at the end.",
      length: "The limit counts characters, or ignores the prefix that the store adds to the key.",
      storage: "The empty prefix is taken for a missing one.",
    },
  },
  get: {
    about:
      "What was stored comes back: text as text, bytes as bytes, nothing for what is absent, and nothing stale.",
    usually: "The client's type conversions change the content.",
    topics: {
      answers: "Answers in the order of the storage, or without those of absent keys.",
      absent: "A prefix is taken for a key.",
      text: "A text type that ends at NUL, a decoder that drops the byte order mark, or lines that are joined again.",
      bytes:
        "Whether a file is text is guessed from its content or name; it must be stored beside the content.",
      encoded: "UTF-8 is told from bytes by its type alone: `isText` is not looked at, or not set.",
      large: "A limit of the client or the storage for one value.",
      unreadable: "The error of one file is thrown, and ends the call for all files.",
      sharing: "The array itself is kept or returned; `slice()` of a Buffer does not copy.",
      fresh: "A cache that answers without asking the storage.",
      hints: "A cache that answers by key without comparing versions.",
    },
  },
  list: {
    about:
      "Keys under a prefix, in pages, in code-point order; with directories rolled up, resumable after any entry.",
    usually: "Directories or pages are cut out of the storage's own listing, and one of the edges wrongly.",
    topics: {
      recursive: "Only one level, or only one page, is listed.",
      "rolled-up": "Directories come once for each file in them, or without their slash.",
      prefix: "The prefix is taken for a directory, or for a pattern; or its upper bound is missing.",
      order:
        "JavaScript's default sort, which goes by UTF-16 unit, or a collation of the database; directories sorted without their slash.",
      sizes: "`length` of a text, in characters, is taken for its bytes.",
      versions: "Listing and fetching take the version from different places.",
      sees: "A listing that is updated asynchronously.",
      pages: "The next page starts after the wrong key: after a directory, it must skip all its descendants.",
      after: "The key to resume after is looked up and not found, or compared as a directory.",
      "path-conflicts": "A file and a directory of one name are kept under one name.",
    },
  },
  put: {
    about: "Conditions of changes, and what a change makes of a file.",
    usually: "The condition is checked first and the file written afterwards, in two steps.",
    topics: {
      create: "An upsert, or an empty file that is taken for a missing one.",
      overwrite: "The creation time of the previous file is kept.",
      file: "Something other than the version is compared: the content, or a time that is too coarse.",
      version: "The version is determined before the write, or is that of another write.",
      batch:
        "The whole batch is one transaction that ends at the first refusal, or answers get out of order.",
    },
  },
  "put-ids": {
    about:
      "Write ids. A change whose answer was lost is sent again under its id: it must neither be refused nor be made twice.",
    usually: "The id is not stored with the file, in the same step.",
    topics: {
      chain: "`chainWriteIds` is not used, or not on the chain of the file as it is when the change is made.",
      again: "The condition is checked before the chain.",
    },
  },
  "path-conflicts": {
    about: "A file where a directory is needed, and vice versa: both are visible, or the second is refused.",
    usually: "Only one of both directions is checked, or only the parent directory.",
    topics: { none: "Names are compared without the slash behind them." },
  },
  clock: {
    about: "The clock that tells files which existed at a lost answer from newer ones.",
    usually: "The clock of this process is given, and times of files are those of the service.",
  },
  delete: {
    about: "Which files are deleted and counted. A wrong prefix here deletes files that were not named.",
    usually: "Keys are deleted by a text prefix without its slash, or by a pattern that is not escaped.",
    topics: {
      "requested-at":
        "`requestedAt` is ignored, so that a repeated deletion takes files of others that came after the first attempt.",
    },
  },
  search: {
    about: "The store's own search, beside what it stands for: list, get and a plain search of each text.",
    usually: "A query language reads the literal as a pattern, or defines letters and lines differently.",
    topics: {
      literal: "Wildcards or escapes in the literal, folded case, or NUL that ends a text.",
      scope: "The prefix of a listing and that of a search are different things in the store.",
      order: "Files of one kind are searched before those of another.",
      limit: "The limit is one of files, or one of candidates that turn out not to match.",
      large:
        "Large texts are kept elsewhere and forgotten by the search, or one long line uses up the room for all matches.",
      unreadable: "The error of one file ends the search, or the file is silently omitted.",
      sees: "An index that is updated asynchronously.",
      stop: "A cursor or a connection stays open after the caller stops.",
    },
  },
  "read-lines": {
    about: "The store's own windows of lines, beside those cut out of the whole text.",
    usually: "A final newline is counted as a line, or lines end at more than \\n.",
    topics: {
      answer: "Absence, bytes and an empty window are not distinguished.",
      large: "Offsets count characters in one place and bytes in the other.",
      fresh: "An index of lines is used on another version of the text.",
    },
  },
  history: {
    about:
      "Every version of every file, with its author and its place in time, recorded by the store in the same step as the change.",
    usually: "The history is written beside the change, in a second step, or by one method only.",
    topics: {
      versions: "One kind of change has a path of its own, which records nothing, or another file's name.",
      author: "The author is text that is escaped in one direction only, or too long for its place.",
      "equal-content": "Each write is recorded as it comes, without a look at what is stored.",
      put: "A change is recorded before it is decided whether it is made.",
      delete: "The service records deletions of what does not exist, and they are passed on.",
      content: "Old content is kept in another form than current content, or fetched by its id alone.",
      resolve:
        "Times are compared with more digits than an entry shows; or points are looked up without regard to the root.",
      snapshot: "The snapshot is kept in the instance, or means `the newest`.",
      "get-at": "Answers in the order of the storage, or only for files that changed since.",
      "list-at":
        "The present listing is corrected, and misses files that were deleted; or the paging differs.",
      "changed-since": "Deleted files, which have no current version, are not looked for.",
      changes: "Changes are ordered by time alone, or paged by a key that several of them have.",
      erase:
        "Only files that exist are erased, or versions by a text prefix without its slash; `before` is compared with the time of the version instead of its end.",
      races:
        "The old version is read in one step and replaced in another, or entries become visible out of order.",
      abort: "The client's own exception for an aborted request is passed on.",
    },
  },
  races: {
    about: "Many writers at once, through several instances, ending in exact totals.",
    usually: "Read, compare, write without a condition that the storage itself checks.",
    topics: {
      "same-id": "The chain is read before the write instead of being part of its condition.",
      delete:
        "Deletions count the files they found, not those they deleted; or a swap recreates a deleted file.",
      replace: "Rows are locked in different orders, or a conflict is answered as a failure.",
      get: "A file is written in pieces, or its content and its version are read one after the other.",
      list: "A listing fails when a file that it has just seen is deleted.",
      mixed: "An unexpected conflict in the storage becomes an exception.",
    },
  },
  abort: {
    about:
      "Calls end soon after their deadline, report it as the contract says, and leave nothing half-done.",
    usually: "The client's own exception for an aborted request is passed on.",
    topics: { again: "The aborted attempt was made, and its id was not stored with it." },
  },
};
