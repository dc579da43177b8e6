import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { collectSources } from "../start/sources.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sources-"));
  for (const directory of ["packages", "internal", "examples"]) mkdirSync(join(root, directory));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("source files without git", () => {
  it("are the text files of the source directories", () => {
    put("packages/core/src/a.ts", "a");
    put("examples/b.md", "b");
    put("packages/core/node_modules/c.ts", "c");
    put("packages/core/dist/d.js", "d");
    put("packages/core/.env", "SECRET=1");
    put("internal/large.txt", "e".repeat(100_001));
    put("internal/nul.bin", Buffer.from([0x61, 0]));
    put("internal/latin-1.txt", Buffer.from([0xe4]));
    put("elsewhere.ts", "f");
    symlinkSync(join(root, "elsewhere.ts"), join(root, "examples/link.ts"));
    expect([...collectSources(root).keys()].sort()).toEqual([
      "/workspace/examples/b.md",
      "/workspace/packages/core/src/a.ts",
    ]);
  });

  it("must be there", () => {
    expect(() => collectSources(root)).toThrow(/no source files in .* full clone/);
  });
});
