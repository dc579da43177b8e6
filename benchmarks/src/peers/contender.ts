import type { BackendProtocolV2 } from "@deepagents-remote/core";

/** A backend with the methods that the protocol leaves optional. */
export type FileBackend = BackendProtocolV2 &
  Required<Pick<BackendProtocolV2, "uploadFiles" | "downloadFiles">>;

/** A backend that takes part in a comparison. */
export interface Contender {
  readonly name: string;
  /** Opens a backend on an empty storage of that name. Backends of one storage see the same files. */
  open(storage: string): Promise<FileBackend>;
}
