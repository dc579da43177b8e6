/** Checked by `tsc`, not run: our protocol is deepagents' protocol, and every backend class implements both. */
import type { BackendProtocolV2 } from "deepagents";
import type { BackendProtocol, MemoryBackend, NamespacedBackend, RemoteBackend } from "../src/index.js";

/** Compiles only when `A` is assignable to `B`. */
type Assignable<A extends B, B> = A;

export type Proofs = [
  Assignable<BackendProtocol, BackendProtocolV2>,
  Assignable<BackendProtocolV2, BackendProtocol>,
  Assignable<Required<BackendProtocolV2>, Required<BackendProtocol>>,
  Assignable<Required<BackendProtocol>, Required<BackendProtocolV2>>,
  Assignable<RemoteBackend, Required<BackendProtocolV2>>,
  Assignable<NamespacedBackend, Required<BackendProtocolV2>>,
  Assignable<MemoryBackend, Required<BackendProtocol>>,
  // @ts-expect-error a backend without `read` is none
  Assignable<Omit<MemoryBackend, "read">, BackendProtocolV2>,
];
