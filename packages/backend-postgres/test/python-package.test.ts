import { NO_PYTHON, type Python, type PythonCall, pythonPackage } from "@deepagents-internal/testing";
import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** Both ways, where this machine has it. */
function itself(python: Python): void {
  const call = (table: string, ...calls: PythonCall[]) => {
    const { hostname, port, pathname, username, password } = new URL(database.url);
    const config = {
      host: hostname,
      port: Number(port || 5432),
      database: pathname.slice(1),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
    return python("PostgresBackend", { ...config, table, min_pool_size: 1 }, calls);
  };
  const done = { error: null };

  it("reads, edits and searches what is written here", async () => {
    const backend = database.backend({ table: "ours" });
    await backend.write("/d/a.md", 'é 漢字 😀 "\\"\none two\n');
    await backend.uploadFiles([["/d/u.txt", Buffer.from("one\n")]]);
    const [read, uploaded, found, files, edited, refused] = await call(
      "ours",
      ["aread", "/d/a.md"],
      ["aread", "/d/u.txt"],
      ["agrep_raw", "one", "/d"],
      ["aglob_info", "**/*.md", "/"],
      ["aedit", "/d/a.md", "two", "three"],
      ["awrite", "/d/a.md", "x"],
    );
    expect(read).toMatch(/é 漢字 😀 "\\"\n.*one two/);
    expect(uploaded).toContain("one");
    expect(found).toEqual([
      { path: "/d/a.md", line: 2, text: "one two" },
      { path: "/d/u.txt", line: 1, text: "one" },
    ]);
    expect(files).toMatchObject([{ path: "/d/a.md" }]);
    expect(edited).toMatchObject({ ...done, occurrences: 1 });
    expect(refused).toMatchObject({ error: expect.stringContaining("already exists") });
    // It drops a final newline.
    expect((await backend.read("/d/a.md")).content).toBe('é 漢字 😀 "\\"\none three');
    expect(await backend.edit("/d/a.md", "three", "four\n")).toMatchObject({ occurrences: 1 });
    expect((await call("ours", ["aread", "/d/a.md"]))[0]).toContain("one four");
  });

  it("writes what is read, edited and searched here", async () => {
    const base64 = Buffer.from("one\n").toString("base64");
    const [written, uploaded] = await call(
      "theirs",
      ["awrite", "/d/a.md", "é 漢字 😀\none two\n"],
      ["aupload_files", [["/d/u.txt", { base64 }]]],
    );
    expect([written, uploaded]).toMatchObject([done, [done]]);
    const backend = database.backend({ table: "theirs" });
    expect((await backend.read("/d/a.md")).content).toBe("é 漢字 😀\none two");
    expect((await backend.grep("one")).matches?.map(({ path }) => path)).toEqual(["/d/a.md", "/d/u.txt"]);
    expect(await backend.edit("/d/a.md", "two", "three")).toMatchObject({ occurrences: 1 });
    expect(await backend.edit("/d/u.txt", "one", "two")).toMatchObject({ occurrences: 1 });
    const [edited, adopted] = await call("theirs", ["aread", "/d/a.md"], ["aread", "/d/u.txt"]);
    expect(edited).toContain("one three");
    expect(adopted).toContain("two");
  });
}

const python = pythonPackage();

describe("the Python package itself on the same table", () => {
  if (python) itself(python);
  else it.todo(NO_PYTHON);
});
