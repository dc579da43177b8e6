import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { expect } from "@jest/globals";

/**
 * Calls every method with one path, which all of them must refuse.
 * @returns Error of each method. A result in any other shape than that of a failure fails the test.
 */
export async function refusals(
  backend: Required<BackendProtocolV2>,
  path: string,
): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  const single = {
    ls: () => backend.ls(path),
    read: () => backend.read(path),
    readRaw: () => backend.readRaw(path),
    write: () => backend.write(path, "x"),
    edit: () => backend.edit(path, "x", "y"),
    grep: () => backend.grep("x", path),
    glob: () => backend.glob("**", path),
    delete: () => backend.delete(path),
  };
  const batches = {
    uploadFiles: () => backend.uploadFiles([[path, Buffer.from("x")]]),
    downloadFiles: () => backend.downloadFiles([path]),
  };
  const asked = [
    ...Object.entries(single).map(async ([method, call]) => {
      const answer = await call();
      expect({ method, ...answer }).toEqual({ method, error: expect.any(String) });
      said[method] = answer.error!;
    }),
    ...Object.entries(batches).map(async ([method, call]) => {
      const answers = await call();
      const content = method === "downloadFiles" && { content: null };
      expect(answers).toEqual([{ path, ...content, error: expect.any(String), message: expect.any(String) }]);
      said[method] = `${answers[0]!.error}: ${answers[0]!.message}`;
    }),
  ];
  await Promise.all(asked);
  return said;
}
