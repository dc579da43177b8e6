import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import type { FileInfo } from "@deepagents-remote/core";
import { type Sources, WORKSPACE } from "./sources.js";

/** Lists all descendants of a directory in the database. */
export async function filesBelow(backend: PostgresBackend, directory: string): Promise<FileInfo[]> {
  const { files, error } = await backend.glob("**/*", directory);
  if (!files) throw new Error(`The files in ${directory} could not be listed: ${error}`);
  return files;
}

/** Makes the workspace in the database match `sources`. Returns the deleted files of earlier runs. */
export async function uploadWorkspace(backend: PostgresBackend, sources: Sources): Promise<string[]> {
  const answers = await backend.uploadFiles([...sources]);
  const failed = answers.find((answer) => answer.error);
  if (failed) {
    throw new Error(`${failed.path} could not be uploaded: ${failed.message ?? failed.error}`);
  }
  const stored = await filesBelow(backend, WORKSPACE);
  const stale = stored.map((file) => file.path).filter((path) => !sources.has(path));
  for (const path of stale) {
    const { error } = await backend.delete(path);
    if (error && !/not found/i.test(error)) throw new Error(error);
  }
  return stale;
}

/** Downloads files that must exist. */
export async function download(backend: PostgresBackend, paths: string[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const { path, content, error, message } of await backend.downloadFiles(paths)) {
    if (!content) throw new Error(`${path} could not be fetched from the database: ${message ?? error}`);
    found.set(path, content);
  }
  return found;
}
