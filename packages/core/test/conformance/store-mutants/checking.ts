import { type FileStore, HealthReport } from "../../../src/adapter.js";
import { RemoteBackendError } from "../../../src/index.js";
import type { StoreMutant } from "./mutant.js";

type Check = NonNullable<FileStore["check"]>;

/** `check` with something done before. */
const first =
  (before: (store: FileStore, ...args: Parameters<Check>) => Promise<void> | void) => (store: FileStore) => ({
    check: async (...args: Parameters<Check>) => {
      await before(store, ...args);
      await store.check!(...args);
    },
  });

/** Defects in what a store says of its service. */
export const checkingMutants: readonly StoreMutant[] = [
  {
    defect: "a check leaves behind the file that it writes as a trial",
    caughtBy: "check/in-use/changes-nothing",
    breaks: (store) => ({
      check: async (report, options) => {
        const own = options as Parameters<FileStore["put"]>[1];
        await store.put(
          [{ key: `${own.root}.check`, id: "check", condition: "overwrite", content: "x" }],
          own,
        );
        await store.check!(report, options);
      },
    }),
  },
  {
    defect: "a check uses what only open() initializes",
    caughtBy: "check/unopened/passes",
    breaks(store) {
      let isOpen = false;
      return {
        open: async (options) => {
          isOpen = true;
          await store.open?.(options);
        },
        check: async (report, options) => {
          if (!isOpen) throw new RemoteBackendError("unavailable", "The pool is missing.");
          await store.check!(report, options);
        },
      };
    },
  },
  {
    defect: "a check adds all warnings that there ever were",
    caughtBy: "check/again/each-report-by-itself",
    breaks(store) {
      const all = new HealthReport();
      return {
        check: async (report, options) => {
          all.warn("slow", "The service is slow.");
          await store.check!(report, options);
          report.warnings.push(...all.warnings);
        },
      };
    },
  },
  {
    defect: "details hold values that JSON cannot carry",
    caughtBy: "check/in-use/changes-nothing",
    breaks: first((_, report) => {
      report.details.since = new Date(0);
    }),
  },
  {
    defect: "the code of a warning is a sentence",
    caughtBy: "check/again/each-report-by-itself",
    breaks: first((_, report) => report.warn("The index is missing", "The index is missing.")),
  },
  {
    defect: "the exception of the client for an aborted check is passed on",
    caughtBy: "abort/before/check",
    breaks: first((_, __, { signal }) => signal.throwIfAborted()),
  },
];
