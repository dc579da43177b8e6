/**
 * Runs 22 operations on a backend and closes it. Plain JavaScript, for programs that are not compiled.
 * @param {import("@deepagents-remote/core").RemoteBackend} backend
 * @returns {Promise<number>} Number of failed operations.
 */
export async function workAndClose(backend) {
  const answers = await Promise.all([
    backend.write("/closes.txt", "x"),
    backend.grep("x"),
    ...Array.from({ length: 20 }, () => backend.ls("/")),
  ]);
  await backend.close();
  return answers.filter(({ error }) => error).length;
}
