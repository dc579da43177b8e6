import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { root } from "../../../scripts/pnpm.mjs";
import { filesNotRun, testFiles } from "../../../scripts/test-files.mjs";
import { temporaryFolder } from "./helpers/temporary.js";

const { path, remove } = temporaryFolder();
beforeAll(() => {
  mkdirSync(join(path, "test", "unit"), { recursive: true });
  for (const name of ["pgbouncer.test.ts", "write.test.ts", "unit/url.test.ts", "helpers.ts"])
    writeFileSync(join(path, "test", name), "");
});
afterAll(remove);

const below = (files: string[]) => files.map((file) => relative(join(path, "test"), file));

it("lists all test files of a package, or those whose path in the repository matches", () => {
  expect(below(testFiles(path))).toEqual(["pgbouncer.test.ts", "unit/url.test.ts", "write.test.ts"]);
  expect(below(testFiles(path, ["test/unit/", "write"]))).toEqual(["unit/url.test.ts", "write.test.ts"]);
  expect(testFiles(join(path, "nowhere"))).toEqual([]);
  const core = join(root, "packages", "core");
  expect(testFiles(core, ["^packages/core/test/"])).toEqual(testFiles(core));
});

it("skips files that need a missing server, with the reason", () => {
  const servers = { postgres: undefined, pgbouncer: /^pgbouncer\./, minio: /./ };
  const notRun = filesNotRun(path, servers, { pgbouncer: "no PgBouncer: install it" });
  expect(notRun.map(({ reason, files }) => ({ reason, files: below(files) }))).toEqual([
    { reason: "no PgBouncer: install it", files: ["pgbouncer.test.ts"] },
  ]);
});
