import { describe, expect, it } from "@jest/globals";
import { NO_PYTHON, type Python, type PythonCall, pythonPackage } from "./python-package.js";
import type { TestStorage } from "./test-storage.js";

/** Parameters of the tests with the Python package. */
export interface PythonTests {
  readonly storage: TestStorage;
  /** Backend of the Python package for the same storage. */
  readonly backend: Parameters<Python>[0];
  /** Returns the Python configuration for a part of the storage. */
  readonly config: (part: string) => Parameters<Python>[1];
  /**
   * True if the Python backend stores uploads as raw bytes. They may then be binary, and it cannot read them itself.
   */
  readonly uploadsRaw: boolean;
}

/** Defines tests in both directions with the Python package, if this machine has it. */
export function definePythonTests(tests: PythonTests): void {
  const python = pythonPackage();
  describe("the Python package on the same storage", () => {
    if (python) defineBothWays(python, tests);
    else it.todo(NO_PYTHON);
  });
}

function defineBothWays(python: Python, { storage, backend: name, config, uploadsRaw }: PythonTests): void {
  const call = (part: string, ...calls: PythonCall[]) => python(name, config(part), calls);
  const done = { error: null };

  it("reads, edits and searches our files", async () => {
    const backend = storage.backend("ours");
    await backend.write("/d/a.md", 'é 漢字 😀 "\\"\none two\n');
    await backend.write("/d/empty.md", "");
    await backend.uploadFiles([["/d/u.txt", Buffer.from("one\n")]]);
    const [read, empty, uploaded, found, files, listed, edited, refused] = await call(
      "ours",
      ["aread", "/d/a.md"],
      ["aread", "/d/empty.md"],
      ["aread", "/d/u.txt"],
      ["agrep_raw", "one", "/d"],
      ["aglob_info", "**/*.md", "/"],
      ["als_info", "/d"],
      ["aedit", "/d/a.md", "two", "three"],
      ["awrite", "/d/a.md", "x"],
    );
    expect(read).toMatch(/é 漢字 😀 "\\"\n.*one two/);
    expect(empty).toContain("empty contents");
    expect(uploaded).toContain("one");
    expect(found).toEqual([
      { path: "/d/a.md", line: 2, text: "one two" },
      { path: "/d/u.txt", line: 1, text: "one" },
    ]);
    expect(files).toMatchObject([{ path: "/d/a.md" }, { path: "/d/empty.md" }]);
    expect(listed).toMatchObject([{ path: "/d/a.md" }, { path: "/d/empty.md" }, { path: "/d/u.txt" }]);
    expect(edited).toMatchObject({ ...done, occurrences: 1 });
    expect(refused).toMatchObject({ error: expect.stringContaining("already exists") });
    // The Python package drops a final newline.
    expect((await backend.read("/d/a.md")).content).toBe('é 漢字 😀 "\\"\none three');
    expect(await backend.edit("/d/a.md", "three", "four\n")).toMatchObject({ occurrences: 1 });
    expect((await call("ours", ["aread", "/d/a.md"]))[0]).toContain("one four");
  });

  it("writes files that we read, edit and search", async () => {
    const text = { base64: Buffer.from("one\n").toString("base64") };
    const png = { base64: Buffer.from([0x89, 0x50, 0, 0xff]).toString("base64") };
    const [written, uploaded] = await call(
      "theirs",
      ["awrite", "/d/a.md", "é 漢字 😀\none two\n"],
      ["aupload_files", [["/d/u.txt", text], ...(uploadsRaw ? [["/d/u.png", png]] : [])]],
    );
    expect(written).toMatchObject(done);
    expect(uploaded).toMatchObject(uploadsRaw ? [done, done] : [done]);
    const backend = storage.backend("theirs");
    expect((await backend.read("/d/a.md")).content).toBe("é 漢字 😀\none two");
    expect((await backend.grep("one")).matches?.map(({ path }) => path)).toEqual(["/d/a.md", "/d/u.txt"]);
    expect(await backend.edit("/d/a.md", "two", "three")).toMatchObject({ occurrences: 1 });
    expect(await backend.edit("/d/u.txt", "one", "two")).toMatchObject({ occurrences: 1 });
    if (uploadsRaw) {
      expect((await call("theirs", ["adownload_files", ["/d/u.png"]]))[0]).toMatchObject([{ content: png }]);
      const [download] = await backend.downloadFiles(["/d/u.png"]);
      expect(download?.content).toEqual(Buffer.from(png.base64, "base64"));
      await backend.uploadFiles([["/d/u.txt", Buffer.from("two\n")]]);
    }
    const [edited, replaced] = await call("theirs", ["aread", "/d/a.md"], ["aread", "/d/u.txt"]);
    expect(edited).toContain("one three");
    expect(replaced).toContain("two");
  });
}
