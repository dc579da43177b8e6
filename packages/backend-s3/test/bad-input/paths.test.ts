import { defineRefusedPathTests } from "@deepagents-internal/testing";
import { expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";

const prefixes = prefixesOf(useBucket());

const pathsOf = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

// A key has 1,024 bytes at most, the prefix among them.
defineRefusedPathTests(prefixes, 1_024 - "paths/".length);

it("a path that the store cannot hold is reported, and the other files of its batch are served", async () => {
  const backend = prefixes.backend("names");
  const long = `/${"n".repeat(256)}.txt`;
  const reason = /The store cannot hold a file of that name|The path is too long for the store/;
  for (const path of [long, `/d${long}`, `${long}/a.txt`]) {
    const error = expect.stringMatching(reason);
    for (const answer of [
      await backend.write(path, "x"),
      await backend.read(path),
      await backend.edit(path, "x", "y"),
      await backend.delete(path),
    ]) {
      expect(answer).toEqual({ error });
    }
    const paths = ["/before.txt", path, "/later.txt"];
    const errors = [null, "invalid_path", null];
    const stored = await backend.uploadFiles(paths.map((each) => [each, Buffer.from("x")]));
    expect(stored.map((answer) => answer.error)).toEqual(errors);
    expect(stored[1]).toMatchObject({ message: error });
    expect((await backend.downloadFiles(paths)).map((answer) => answer.error)).toEqual(errors);
    expect(pathsOf(await backend.glob("**"))).toEqual(["/before.txt", "/later.txt"]);
  }
});
