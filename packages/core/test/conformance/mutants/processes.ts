/** A defect of a storage that only several processes show, and the case that must find it. */
export interface ProcessMutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** Safeguard that the files of `fixtures/shared-files.mjs` omit. */
  readonly without: string;
}

/** Files of a folder, used by processes that know nothing of each other. */
export const processMutants: readonly ProcessMutant[] = [
  {
    defect: "an edit locks nothing",
    caughtBy: "races/processes/no-update-is-lost",
    without: "locks",
  },
  {
    defect: "a process looks whether a path is free and creates the file then",
    caughtBy: "races/processes/one-winner",
    without: "exclusive-creation",
  },
  {
    defect: "a process compares what it has seen and replaces the file then",
    caughtBy: "races/processes/one-replaces",
    without: "conditional-replacements",
  },
  {
    defect: "a process counts another process's deletion",
    caughtBy: "races/processes/deletions-count-once",
    without: "exact-deletions",
  },
  {
    defect: "a process caches its reads forever",
    caughtBy: "races/processes/seen-at-once",
    without: "fresh-reads",
  },
];
