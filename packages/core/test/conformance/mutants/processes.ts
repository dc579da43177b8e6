/** A defect of a storage that only several processes show, and the case that must find it. */
export interface ProcessMutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** What the files of `fixtures/shared-files.mjs` do without. */
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
    defect: "a process counts a deletion that another has made",
    caughtBy: "races/processes/deletions-count-once",
    without: "exact-deletions",
  },
  {
    defect: "a process keeps what it has read",
    caughtBy: "races/processes/seen-at-once",
    without: "fresh-reads",
  },
];
