import type { Case } from "./case.js";

/** Cases about one topic: the first part of their ids. */
export interface Family {
  /** Subject of the family, for its page in the documentation. */
  readonly about: string;
  /** Usual cause of a failure. */
  readonly usually: string;
  /** Usual causes by topic (the second part of the ids), if there is more to say. */
  readonly topics?: Readonly<Record<string, string>>;
}

/** Families of the suite about backends. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  shape: {
    about:
      "What the object looks like from outside. deepagents tells backends, sandboxes, composites and factories apart by their properties, so a stray property makes it mistake the object for something else.",
    usually: "A property or a method by which deepagents recognizes something else.",
    topics: {
      "has-the-methods":
        "A misspelled method, or methods that are created per instance and hidden behind a proxy.",
      answers: "An exception of the service's client that is rethrown instead of becoming `{ error }`.",
      instances: "Files kept in the instance, or a cache that is never revalidated.",
    },
  },
  paths: {
    about:
      "Which spellings name one file, which names are different files, and which paths are refused. Permission rules match the text of a path, so two spellings of one file would bypass a rule.",
    usually:
      "Path helpers of the platform (`path.join`, `URL`, `decodeURI`) that resolve, decode or fold names.",
    topics: {
      spelling:
        "Paths are used as they come, so that `a`, `/a` and `//a` are three files, or answers are relative.",
      different: "A case-insensitive or normalizing storage, or a path that is decoded before it is used.",
      root: "`/` becomes the empty key, under which the storage keeps a file like any other.",
      refused:
        "`.` and `..` are resolved, or control characters are passed on, where the path should be refused.",
      "look-alikes": "Names are normalized on the way in, or the error only says that there is no such file.",
      length: "A limit of the storage for one name (255 bytes in file systems) or for the whole key.",
      "round-trip":
        "A name is escaped on the way in and not on the way out, or used in a query without quoting.",
    },
  },
  ls: {
    about:
      "What a directory shows: its direct children, directories marked as such, in a shape that skills, memory and permission checks can use.",
    usually: "Children are cut out of a list of all keys by hand, and one of the edges is cut wrongly.",
    topics: {
      children:
        "Only the first page of the storage's listing is read, or directories are known by their markers only.",
      directory: "Directories lack `is_dir: true`, or their paths lack the slash at the end.",
      file: "A prefix listing of `/d/a.txt` finds the file itself.",
      size: "`string.length` counts UTF-16 units, not bytes.",
      missing: "The storage's error for a missing directory is passed on.",
      prefix:
        "Keys are selected by the path as a text prefix, without its slash, or by an unescaped pattern.",
      "trailing-slash": "The slash is part of the requested key.",
      root: "The root is not the empty prefix, or its listing needs a marker that does not exist.",
    },
  },
  order: {
    about:
      "Listings, globs and matches come in code-point order, so that pages, caps and repeated calls agree on every machine.",
    usually:
      "JavaScript's default sort, which goes by UTF-16 unit, `localeCompare`, or the collation of a database.",
    topics: { grep: "Files are searched concurrently, and matches returned as they arrive." },
  },
  read: {
    about:
      "Windows of lines as deepagents' read tool needs them: content, positions and the next offset must agree, or the model never learns that a file continues.",
    usually: "Lines are split and joined again, and the final newline or the numbers do not survive it.",
    topics: {
      whole: "`startLine`, `endLine`, `totalLines` or `nextOffset` are missing or off by one.",
      lines: "`split(/\\r?\\n/)`, `readline` or `splitlines` end lines at more than \\n.",
      text: "A `TextDecoder` without `ignoreBOM`, or a text type of a database that cannot hold NUL.",
      empty: "The reminder is worded differently, or an offset is checked before it.",
      missing: "The words differ from `File '/p' not found`, or carry an `Error:` that the tool adds itself.",
      directory: "A directory's marker or a prefix match is taken for a file.",
      binary: "Bytes are decoded as text, or cut by lines.",
      large: "Only the first block of the file is searched for the window.",
      window: "The final newline is counted as a line, or dropped in the last window.",
      offset: "An offset past the end slices to an empty text, which is given as content.",
      limit: "Numbers from models are used unchecked: fractions, negatives and NaN reach `slice`.",
    },
  },
  "read-raw": {
    about:
      "The whole file with its times, exactly as it was stored: edits, copies and appends start from it.",
    usually: "Text passes through lines, a decoder or a column that changes it.",
    topics: {
      shape: "FileData v1 (an array of lines) or times that are not ISO 8601.",
      binary: "Bytes are stored or answered as base64 text, or decoded as UTF-8.",
      missing: "An exception, or `{ data: undefined }` without an error.",
      times: "An edit is a new write to the storage and sets `created_at` anew.",
    },
  },
  types: {
    about: "`mimeType` decides how a file is shown to the model, and a wrong one stays in the conversation.",
    usually: "The type comes from a library's table, from the object's Content-Type, or carries a charset.",
    topics: {
      uploaded: "Whether a file is text is decided by its name alone, or by looking for NUL alone.",
      written: "Text with a NUL is taken for binary when it is read.",
      unreadable: "Bytes of any type are given as content, which model providers refuse.",
      misnamed: "The type is that of the extension, and the first bytes are not checked.",
      truncated: "Only the first bytes are checked.",
      "utf-16": "Any valid UTF-8 counts as text.",
      replaced: "The type is stored with the first version and never updated.",
    },
  },
  write: {
    about:
      "Files made by `write`: what it answers, what it refuses, and what it stores for text and for base64.",
    usually: "The answer or the stored content is not what was given.",
    topics: {
      answer:
        "`filesUpdate` holds the file, which state backends need and others must not return, or the path is normalized.",
      new: "Parent directories must be created first, or empty content is taken for missing content.",
      existing: "Whether the file exists is looked up before the write, instead of being its condition.",
      "lone-surrogates": "Half a surrogate pair reaches an encoder or a database that refuses it.",
      base64:
        '`Buffer.from(text, "base64")` takes anything and stores garbage, or the base64 text itself is stored.',
    },
  },
  guarded: {
    about:
      "Guarded writes: `write` replaces an existing file only if the same reader, which is the instance, has seen the version that is stored. deepagents' own description of `write_file` is then true enough, and no model destroys what it has not seen.",
    usually:
      "What was seen is remembered by path instead of by version, or compared before the write instead of being its condition.",
    topics: {
      unread:
        "Any call that names the file counts as a look at it, also one that fails or shows nothing of it.",
      seen: "One of the methods that show a file, or the reader's own changes, are not remembered.",
      changed:
        "The version is remembered once, or taken from the current file instead of from what was shown.",
      areas: "The guard also applies to deepagents' own areas, whose writes must not be refused.",
      race: "The version is compared first and the file replaced then, so that others fit in between.",
    },
  },
  edit: {
    about:
      "Which edits are made, what they do to the text, and in which words they are refused. Everything outside of the replaced text stays byte for byte.",
    usually: "The text is searched or replaced by a function that knows more than literal text.",
    topics: {
      answer: "`occurrences` is missing, which the tool prints as `undefined`.",
      "replace-all":
        "Occurrences are counted by a sliding search, or replaced in a loop that finds its own result.",
      single: "The number of occurrences is not checked, or counted with overlaps.",
      "not-there": "White space or case is folded before the search.",
      "empty-old": '`split("")` or `indexOf("")` finds the empty text everywhere.',
      missing: "The words differ from `Error: File '/p' not found`.",
      binary:
        "Bytes are decoded with replacement characters, edited and stored: the original content is lost.",
      literal:
        "`String.replace` reads `$&`, `$1` and the like in the new text, or the old text becomes a regular expression.",
      text: "An empty new text is taken for a missing one.",
      keeps:
        "The text passes through lines or a normalizer: \\r\\n, a byte order mark or the final newline changes.",
      stale: "The refusal is decided on a cached copy.",
      sequence: "The second edit starts from a cached copy.",
    },
  },
  grep: {
    about:
      "Literal search over text files: what matches, where it searches, and when it reports that there is more.",
    usually: "The pattern or the glob is passed to a function that interprets it differently.",
    topics: {
      answer: "Lines are numbered from 0, trimmed, or given once for each occurrence.",
      literal: "The pattern becomes a regular expression, or part of a LIKE pattern without escaping.",
      lines: "Lines end at more than \\n, so that numbers differ from those of `read`.",
      pattern:
        "An empty pattern is treated as no pattern, or the whole text is searched instead of its lines.",
      binary: "Every file is decoded with replacement characters and searched.",
      path: "The path is a text prefix without its slash, or a file as a path finds nothing.",
      glob: "The glob is matched with the whole path, so that `*.ts` finds nothing in sub-directories.",
      cap: "`truncated` is set when the cap is reached, not when there is more; ask for one more to know.",
      sees: "An index that is updated asynchronously.",
    },
  },
  glob: {
    about:
      "Finding files by name, relative to a path, files only, with the meaning that the tool's description gives its patterns.",
    usually:
      "A glob library with other defaults: dotfiles left out, patterns matched with the whole path, directories found too.",
    topics: {
      path: "The pattern is matched with the absolute path instead of the one relative to `path`.",
      "leading-slash": "A pattern that starts with a slash is matched as it is.",
      answer: "Paths are relative, which permission rules cannot check.",
      backslash: "The library reads a backslash as an escape or a separator.",
      nasty: "A library that throws for long patterns, or a recursive parser.",
      cost: "The library's regular expressions are exponential in the number of stars.",
    },
  },
  delete: {
    about:
      "Which files `delete` deletes, and which it keeps. A wrong prefix here deletes files that were not named.",
    usually: "Keys are deleted by a text prefix or a pattern.",
    topics: {
      directory:
        "Keys are deleted by the path without its slash, by a LIKE pattern, or only the first page of them.",
      missing: "A deletion that found nothing is a success for the storage; the count must be checked.",
      root: "`/` becomes an empty key that is not found.",
      file: "An index or a cache still knows the file.",
    },
  },
  upload: {
    about:
      "Files stored byte for byte. deepagents reads one answer per input, in order; a missing one counts as success.",
    usually: "Answers are collected in completion order, or bytes are converted to text and back.",
    topics: {
      answer: "Answers in the order in which requests ended, or none for a file that failed.",
      batch: "Two files of one path race, and the first one wins.",
      existing: "`write` is called, which refuses what exists.",
      bytes: "Bytes are decoded as UTF-8 or through lines before they are stored.",
      input: "`array.buffer` is stored, which may be larger, or the caller's array is kept.",
    },
  },
  download: {
    about: "Bytes of files. deepagents takes a failed download for a missing file and then writes over it.",
    usually: "The answer's content is a string, or its error is not one of the four codes.",
    topics: {
      answer: "Answers are not one per input, in order.",
      empty: "A falsy check treats empty content as missing.",
      text: "Text is encoded with a byte order mark, or a newline is added.",
      bytes: "The stored array itself is returned.",
      after: "A cache that another instance's edit does not reach.",
    },
  },
  "path-conflicts": {
    about:
      "A file and a directory of one name. Storages of keys can hold both; file systems cannot; a backend must do one of the two.",
    usually:
      "The backend does not check whether a directory, or an ancestor that is a file, already has the name.",
  },
  "agent-areas": {
    about:
      "`/large_tool_results` and `/conversation_history`, where deepagents itself writes: a refusal there loses a result, a replacement erases a history.",
    usually: "Create-only writes without the exceptions that deepagents' own areas need.",
    topics: { "tool-results": "A second write of one call id is refused, or the id's characters are." },
  },
  isolation: {
    about:
      "Backends whose names begin alike share nothing: one tenant's files never show up in another's listing, search or deletion.",
    usually:
      "The namespace is a text prefix without a separator behind it, or joined with one that may occur in its parts.",
  },
  history: {
    about:
      "Every version of every file, with its author and its place in time: listed, compared, restored, looked back at, rewound to, and erased for good.",
    usually: "One way to change a file leaves no version, or one way to look back misses a file.",
    topics: {
      recorded: "A method has its own way to the storage, past the history.",
      "read-version": "Old content is kept in another form than current content.",
      diff: "Versions are compared as they are stored, not as they are read.",
      restore:
        "An old version is written like a new one: refused in create-only mode, or without a condition.",
      at: "Only `read` looks at the past, or an unknown moment looks like an empty workspace.",
      rewind:
        "Only files that exist now are looked at, or files are put back before later ones are out of their way.",
      changes: "Pages are cut by a time or a key that several changes have.",
      erase: "Only files that exist are erased, or by a text prefix.",
      author: "The author is asked for once per backend, or by some methods only.",
      isolation: "A version is looked up by its id, without the tenant's root.",
      races: "A version is recorded in a second step, after others have changed the file.",
    },
  },
  races: {
    about: "Many writers at once, through several instances and processes, ending in exact totals.",
    usually:
      "Read, change, write without a condition on what was read: the last writer wins and the others' changes are lost.",
    topics: {
      write: "Existence is looked up first and the file created then, without the storage's own condition.",
      delete: "An edit that read the file before its deletion writes it back.",
      read: "A file is written in place, so that readers see a part of it.",
      processes: "A lock or a cache within one process stands for a condition that the storage should check.",
    },
  },
  host: {
    about:
      "What deepagents' own middleware does with a backend, tried with the real thing and a scripted model.",
    usually:
      "A single call that answers differently from what the middleware reads; cases of that method say more.",
    topics: {
      "tool-results": "A second write of one call id is refused, or characters of an id or of a result are.",
      history: "A failed download is reported as a missing file, or a file without an extension is not text.",
      parallel: "Calls of one turn are made at once, and read, change, write loses all but one of them.",
      subagents: "Calls of sub-agents are made at once, or are answered from a cache.",
      skills: "`ls` takes no slash at the end of a path, or directories lack `is_dir: true`.",
      memory: "A download is answered from a cache, or not with one answer per path.",
      composite: "`/` is not answered as the directory that it is, or answers have relative paths.",
      guarded:
        "The refusal does not say what to do, or the methods that the middleware calls are not remembered.",
      permissions: "Several spellings lead to one file, answers have relative paths, or a file lists itself.",
    },
  },
  model: {
    about:
      "Random sequences of operations beside a plain model in memory. A failure is shrunk to the shortest sequence and can be repeated by its seed.",
    usually: "An operation leaves something behind that a later one trips over; the sequence shows which.",
  },
  outage: {
    about:
      "Operations during an outage. An outage must never look like a missing file or an empty directory: deepagents overwrites files that it takes for missing.",
    usually: "A `catch` around the request that answers as if nothing were there.",
  },
  "read-outage": {
    about:
      "Requests that read fail while those that write go through, as with half-broken services and credentials.",
    usually: "A failed look-up is taken for absence, and the write that follows replaces the existing file.",
  },
  "lost-answers": {
    about:
      "A change is sent, its answer is lost, and others change the same files before the backend notices. Acknowledged changes of others are kept; an unknown outcome is an error.",
    usually: "The change is sent again unchanged, although the file may have changed since.",
    topics: {
      create: "The file is created again, or its own creation is taken for a foreign file.",
      upload: "The file is replaced again, over newer content.",
      edit: "The edit is made again on its own result, or on another file.",
      delete: "The file that now has the name is deleted.",
      guarded: "The repetition is compared with the version that its own first attempt has stored.",
    },
  },
  "dead-connections": {
    about:
      "Every open connection died without a FIN or RST, as when a function was frozen or a load balancer dropped idle flows. New connections work.",
    usually:
      "Each connection of the pool is found dead by an operation of its own, after a timeout of its own.",
  },
  limits: {
    about:
      "The largest path and the largest file that a backend promises: accepted up to the limit, refused beyond it, nothing half-written.",
    usually:
      "Lengths are counted in characters instead of bytes, or checked after the storage has been asked.",
  },
  directories: {
    about: "Behavior of a backend without directories.",
    usually: "The directory is dropped from the path, so that two files become one.",
  },
};

/** Returns the usual cause of a case's failure. */
export function causeOf(
  { id, cause }: Pick<Case, "id" | "cause">,
  families: Readonly<Record<string, Family>> = FAMILIES,
): string | undefined {
  const [name = "", topic = ""] = id.split("/");
  const family = families[name];
  return cause ?? family?.topics?.[topic] ?? family?.usually;
}
