import type { BackendProtocolV2 } from "@deepagents-remote/core";
import type { Kind } from "../framework/measurement.js";

/** Methods that a contender has. It takes part where it has all methods that a task needs. */
export type FileBackend = Required<BackendProtocolV2>;
export type Method = keyof FileBackend;

/** A backend that takes part in a comparison. */
export interface Contender {
  readonly name: string;
  readonly kind: Kind;
  /** Reasons why methods are missing or left out, for the report. */
  readonly lacks?: Partial<Record<Method, string>>;
  /** Opens a backend on the storage of that name, which is empty at first. */
  open(storage: string): Promise<Partial<FileBackend>>;
  close(): Promise<void>;
}
