import { expect, it } from "@jest/globals";
import { refusals } from "./refusals.js";
import type { TestStorage } from "./test-storage.js";

/**
 * Defines the tests of paths that every backend refuses.
 * @param longestKey Maximum length of namespace and path together in the part `paths` of the storage, in bytes of
 *   UTF-8.
 */
export function defineRefusedPathTests(storage: TestStorage, longestKey: number): void {
  const tooLong = longestKey + 1;
  // 1,000 bytes, plus a rest that exceeds the limit by one byte together with `tenant/`.
  const name = "é".repeat(500) + "n".repeat(tooLong - 1_000 - "tenant/".length);

  it.each([
    ["with a '.' segment", "/d/./a.txt", "may not be '.'"],
    ["with a '..' segment", "/d/../a.txt", "may not be '..'"],
    ["with a control character", "/d/a\n.txt", "control characters"],
    ["with NUL", "/d/\0", "control characters"],
    ["with half of a surrogate pair", "/d/\ud83d.txt", "half of a surrogate pair"],
    ["of more bytes than fit", `/${name}`, `too long: with its namespace it has ${tooLong} bytes`],
  ])("a path %s is refused by every method", async (_, path, reason) => {
    const backend = storage.backend("paths", { namespace: ["tenant"] });
    await backend.write("/a.txt", "x");
    const before = await storage.stored("paths");
    for (const said of Object.values(await refusals(backend, path))) expect(said).toContain(reason);
    expect(await storage.stored("paths")).toEqual(before);
  });

  it("a refused path is `invalid_path`, and the other files of its batch are served", async () => {
    const backend = storage.backend("batch");
    const paths = ["/first.txt", "/a/../b", "/\ud83d", "/\u001b", "/a".repeat(600), "/last.txt"];
    const errors = [null, "invalid_path", "invalid_path", "invalid_path", "invalid_path", null];
    const expected = paths.map((path, i) => [path, errors[i]]);
    const stored = await backend.uploadFiles(paths.map((path) => [path, Buffer.from("x")]));
    expect(stored.map(({ path, error }) => [path, error])).toEqual(expected);
    const fetched = await backend.downloadFiles(paths);
    expect(fetched.map(({ path, error }) => [path, error])).toEqual(expected);
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/first.txt", "/last.txt"]);
  });
}
