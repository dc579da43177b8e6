import type { RemoteBackend } from "@deepagents-remote/core";
import { expect } from "@jest/globals";

/** Content larger than the buffers of a socket. */
const LARGE = Buffer.alloc(1024 * 1024, "large\n");

/** Creates the files that `runAll` uses. */
export async function prepareAll(backend: RemoteBackend, at: string): Promise<void> {
  const files = [
    ["kept.txt", Buffer.from("needle")],
    ["edit.txt", Buffer.from("n")],
    ["delete.txt", Buffer.from("gone")],
    ["upload.txt", Buffer.from("old")],
    ["large.txt", LARGE],
  ] as const;
  const answers = await backend.uploadFiles(files.map(([name, bytes]) => [`${at}/${name}`, bytes]));
  expect(answers.filter(({ error }) => error)).toEqual([]);
}

/** Runs all operations concurrently. Those that change files use separate ones. */
export async function runAll(backend: RemoteBackend, at: string): Promise<Record<string, unknown>> {
  const answers = {
    ls: backend.ls(at),
    read: backend.read(`${at}/kept.txt`),
    readRaw: backend.readRaw(`${at}/kept.txt`),
    write: backend.write(`${at}/write.txt`, "new"),
    edit: backend.edit(`${at}/edit.txt`, "n", "n+"),
    grep: backend.grep("needle", at),
    glob: backend.glob("kept.*", at),
    delete: backend.delete(`${at}/delete.txt`),
    upload: backend.uploadFiles([[`${at}/upload.txt`, Buffer.from("new")]]),
    download: backend.downloadFiles([`${at}/large.txt`]),
  };
  const pairs = Object.entries(answers).map(async ([name, answer]) => [name, await answer]);
  return Object.fromEntries(await Promise.all(pairs));
}

/**
 * Expects that every operation succeeded, and verifies with a fault-free backend that each change was made once.
 * @param creation `unknown` if the request of the creation was lost before it was executed, which cannot be
 *   distinguished from a file that was created and deleted since. Default `done`.
 */
export async function expectDone(
  answers: Record<string, unknown>,
  direct: RemoteBackend,
  at: string,
  creation: "done" | "unknown" = "done",
): Promise<void> {
  const isCreated = creation === "done";
  const kept = expect.objectContaining({ path: `${at}/kept.txt` });
  const { download, ...others } = answers;
  const [{ content, error }] = download as [{ content: Uint8Array; error: null }];
  expect(error).toBe(null);
  expect(Buffer.compare(content, LARGE)).toBe(0);
  expect(others).toEqual({
    ls: { files: expect.arrayContaining([kept]) },
    read: expect.objectContaining({ content: "needle" }),
    readRaw: { data: expect.objectContaining({ content: "needle" }) },
    write: isCreated
      ? { path: `${at}/write.txt`, filesUpdate: null }
      : { error: expect.stringContaining("unknown whether the change was made") },
    edit: { path: `${at}/edit.txt`, filesUpdate: null, occurrences: 1 },
    grep: { matches: [{ path: `${at}/kept.txt`, line: 1, text: "needle" }] },
    glob: { files: [kept] },
    delete: { path: `${at}/delete.txt`, filesUpdate: null },
    upload: [{ path: `${at}/upload.txt`, error: null }],
  });
  const names = ["write.txt", "edit.txt", "upload.txt", "delete.txt"];
  const stored = await direct.downloadFiles(names.map((name) => `${at}/${name}`));
  const texts = stored.map(({ content }) => content && Buffer.from(content).toString());
  expect(texts).toEqual([isCreated ? "new" : null, "n+", "new", null]);
}

/**
 * Expects that every operation failed in its own result shape with a message that matches, and without a phrase that
 * deepagents interprets as a missing file.
 */
export function expectOutage(answers: Record<string, unknown>, words: RegExp): void {
  for (const [name, answer] of Object.entries(answers)) {
    const { error, message, ...rest } = (Array.isArray(answer) ? answer[0] : answer) as Record<
      string,
      unknown
    >;
    const sentence = message ?? error;
    expect(`${name}: ${sentence}`).toMatch(words);
    expect(`${name}: ${sentence}`).not.toMatch(/not found|not a directory|no such file/i);
    if (message !== undefined) expect(error).toBe("permission_denied");
    if (name === "ls" || name === "delete") expect(sentence).not.toContain("/");
    for (const value of Object.values(rest)) expect(value === null || typeof value === "string").toBe(true);
  }
}
