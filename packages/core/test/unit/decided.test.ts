import { expect, it } from "@jest/globals";
import { MemoryBackend } from "../../src/index.js";

// Behavior that the protocol leaves open and this project has decided. The conformance suite accepts others'.

it("an infinite limit means all lines", async () => {
  const backend = new MemoryBackend();
  await backend.write("/a.txt", "x\n".repeat(700));
  expect(await backend.read("/a.txt", 0, Number.POSITIVE_INFINITY)).toEqual({
    content: "x\n".repeat(700),
    mimeType: "text/plain",
    startLine: 1,
    endLine: 700,
    totalLines: 700,
  });
});

it("half a surrogate pair becomes U+FFFD", async () => {
  const backend = new MemoryBackend();
  await backend.write("/a.txt", "a\ud83db\ude00c\ude00\ud83d");
  await backend.edit("/a.txt", "c", "\ud83dc");
  expect((await backend.readRaw("/a.txt")).data?.content).toBe("a\ufffdb\ufffd\ufffdc\ufffd\ufffd");
});

it("a file lists as an empty directory", async () => {
  const backend = new MemoryBackend();
  await backend.write("/d/a.txt", "x");
  for (const path of ["/d/a.txt", "/d/a.txt/"]) expect(await backend.ls(path)).toEqual({ files: [] });
});

it("`filesUpdate` is null, not only absent", async () => {
  const backend = new MemoryBackend();
  const answers = [
    await backend.write("/a.txt", "x"),
    await backend.edit("/a.txt", "x", "y"),
    await backend.delete("/a.txt"),
  ];
  expect(answers.map(({ filesUpdate }) => filesUpdate)).toEqual([null, null, null]);
});

it("deleting `/` succeeds where nothing is", async () => {
  expect(await new MemoryBackend().delete("/")).toEqual({ path: "/", filesUpdate: null });
});

it("`modified_at` of a listing is ISO 8601 in UTC", async () => {
  const backend = new MemoryBackend();
  await backend.write("/a.txt", "x");
  const [file] = (await backend.ls("/")).files ?? [];
  expect(file?.modified_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
