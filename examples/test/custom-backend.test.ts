import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineBackendTests, defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, expect, it } from "@jest/globals";
import * as subject from "../custom-backend/conformance.js";
import { SqliteStore } from "../custom-backend/sqlite-backend.js";

const folder = mkdtempSync(join(tmpdir(), "custom-backend-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "files.db");
process.env.SQLITE_FILE = path;

defineStoreTests({
  name: "SqliteStore",
  timeoutMs: 600_000,
  create: () => ({ store: new SqliteStore(path), open: () => new SqliteStore(path) }),
});

defineStoreTests({
  name: "SqliteStore with databases of its own",
  timeoutMs: 600_000,
  create({ name }) {
    const open = () => new SqliteStore(join(folder, `${name}.db`));
    return { store: open(), open };
  },
  capabilities: { ownStorage: true },
  only: ["open/", "close/", "keys/"],
});

defineBackendTests({
  timeoutMs: 600_000,
  ...subject,
  module: new URL("../custom-backend/run-conformance.mjs", import.meta.url),
});

it("takes at most 150 lines of code, without imports", () => {
  const file = readFileSync(new URL("../custom-backend/sqlite-backend.ts", import.meta.url), "utf8");
  const code = file
    .slice(file.lastIndexOf("\nimport "))
    .split("\n")
    .filter((line) => !/^\s*($|\/\/|\/\*\*)/.test(line));
  expect(code.length).toBeLessThanOrEqual(150);
});
