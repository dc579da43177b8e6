import { HealthReport } from "../../../store/health-report.js";
import { check, equal } from "../../assert.js";
import type { StoreRule } from "../options.js";
import { unopened } from "./open.js";

/** Tests checks of a storage. The shape of the findings is verified in every case. */
export const checkCases: readonly StoreRule[] = [
  {
    id: "check/in-use/changes-nothing",
    rule: "A check of a storage in use passes, and creates and changes nothing in it.",
    needs: "check",
    async run(t) {
      const files = [await t.write("a.txt", "one"), await t.write("d/b.txt", "two")];
      await t.store.check(new HealthReport(), t.options);
      equal("files", await t.keys(), ["a.txt", "d/b.txt"]);
      for (const file of files) await t.unchanged(file);
    },
  },
  {
    id: "check/again/each-report-by-itself",
    rule: "Concurrent checks add their findings to their own reports, each warning once.",
    needs: "check",
    async run(t) {
      const reports = Array.from({ length: 4 }, () => new HealthReport());
      const one = new HealthReport();
      await t.store.check(one, t.options);
      await Promise.all(reports.map((report) => t.store.check(report, t.options)));
      for (const report of reports) {
        equal("details", Object.keys(report.details).sort(), Object.keys(one.details).sort());
        equal("warnings", report.warnings, one.warnings);
      }
    },
  },
  {
    id: "check/unopened/passes",
    rule: "A store that was never opened can be checked, so that a program can check it before using it.",
    needs: "check",
    async run(t) {
      await t.write("a.txt", "one");
      const store = await unopened(t);
      try {
        const failure = await store.check(new HealthReport(), t.options).catch((error: unknown) => error);
        check(failure === undefined, "check of a store that was never opened", "no failure", failure);
        await store.open({ signal: t.signal });
        await t.holds("a.txt", "one", store);
      } finally {
        await store.close();
      }
    },
  },
];
