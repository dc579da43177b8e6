/** Checked by `tsc`, not run. */
import type { BackendProtocolV2 } from "@deepagents-remote/core";
import type { CreateDeepAgentParams, BackendProtocolV2 as DeepAgentsProtocol } from "deepagents";
import type { PostgresBackend } from "../src/index.js";

/** Compiles only when `A` is assignable to `B`. */
type Assignable<A extends B, B> = A;

export type Proofs = [
  Assignable<PostgresBackend, Required<BackendProtocolV2>>,
  Assignable<PostgresBackend, Required<DeepAgentsProtocol>>,
  Assignable<PostgresBackend, NonNullable<CreateDeepAgentParams["backend"]>>,
  Assignable<ReturnType<PostgresBackend["withNamespace"]>, Required<DeepAgentsProtocol>>,
];
