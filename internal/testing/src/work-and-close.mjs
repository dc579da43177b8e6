/**
 * Works with a backend and closes it. Plain JavaScript, for programs that nothing compiles.
 * @param {import("@deepagents-remote/core").RemoteBackend} backend
 * @returns {Promise<number>} How many of 22 operations failed.
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
