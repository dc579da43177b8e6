import { RemoteBackend } from "../../src/backend/remote-backend.js";
import type { EditResult, FileUploadResponse, WriteResult } from "../../src/protocol/protocol.js";

const isNested = (path: string): boolean => path.replace(/^\/+/, "").includes("/");

const REFUSAL = { error: "Error: There are no directories here; give a path such as '/notes.txt'." };

/** A backend whose files all lie at `/`. */
export class FlatBackend extends RemoteBackend {
  override async write(path: string, content: string): Promise<WriteResult> {
    return isNested(path) ? REFUSAL : super.write(path, content);
  }

  override async edit(path: string, from: string, to: string, all?: boolean): Promise<EditResult> {
    return isNested(path) ? REFUSAL : super.edit(path, from, to, all);
  }

  override async uploadFiles(files: [string, Uint8Array][]): Promise<FileUploadResponse[]> {
    const stored = await super.uploadFiles(files.filter(([path]) => !isNested(path)));
    return files.map(([path]) => (isNested(path) ? { path, error: "invalid_path" } : stored.shift()!));
  }
}
