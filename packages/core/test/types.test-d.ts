/** Checked by `tsc`, not run: our protocol is deepagents' protocol, and every backend class implements both. */
import type { BackendProtocolV2 as DeepAgentsProtocol } from "deepagents";
import type { BackendProtocolV2, MemoryBackend, NamespacedBackend, RemoteBackend } from "../src/index.js";

/** Compiles only when `A` is assignable to `B`. */
type Assignable<A extends B, B> = A;

export type Proofs = [
  Assignable<BackendProtocolV2, DeepAgentsProtocol>,
  Assignable<DeepAgentsProtocol, BackendProtocolV2>,
  Assignable<Required<BackendProtocolV2>, Required<DeepAgentsProtocol>>,
  Assignable<Required<DeepAgentsProtocol>, Required<BackendProtocolV2>>,
  Assignable<RemoteBackend, Required<DeepAgentsProtocol>>,
  Assignable<NamespacedBackend, Required<DeepAgentsProtocol>>,
  Assignable<MemoryBackend, Required<BackendProtocolV2>>,
  // @ts-expect-error a backend without `read` is none
  Assignable<Omit<MemoryBackend, "read">, BackendProtocolV2>,
];
