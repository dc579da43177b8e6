import { equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";

/** Backends whose names begin alike share nothing. */
export const isolationCases: readonly ConformanceCase[] = ["-corp", "0", "_", "%"].map(
  (suffix, i): ConformanceCase => ({
    id: `isolation/neighbour/${["dash", "digit", "underscore", "percent"][i]}`,
    rule: `A backend named \`acme\` and one named \`acme${suffix}\` never see each other's files.`,
    source: "ours",
    needs: "ownRoot",
    async run(t) {
      const other = await t.neighbour(suffix);
      await t.write("/d/mine.txt", "x mine\n");
      equal("write", (await other.write("/d/theirs.txt", "x theirs\n")).error, undefined);
      equal("ls", await t.ls("/"), ["/d/"]);
      equal("glob", await t.glob("**"), ["/d/mine.txt"]);
      equal("grep", await t.found("x"), ["/d/mine.txt"]);
      refuses("read", await t.backend.read("/d/theirs.txt"), "not found");
      equal(
        "their glob",
        (await other.glob("**", "/")).files?.map(({ path }) => path),
        ["/d/theirs.txt"],
      );
      if (t.capabilities.delete) {
        equal("delete", (await t.backend.delete("/")).error, undefined);
        equal("their file", (await other.read("/d/theirs.txt")).content, "x theirs\n");
      }
    },
  }),
);
