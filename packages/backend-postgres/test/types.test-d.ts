/** Checked by `tsc`, not run. */
import type { BackendProtocol } from "@deepagents-remote/core";
import type { BackendProtocolV2, CreateDeepAgentParams } from "deepagents";
import type { PostgresBackend } from "../src/index.js";

/** Compiles only when `A` is assignable to `B`. */
type Assignable<A extends B, B> = A;

export type Proofs = [
  Assignable<PostgresBackend, Required<BackendProtocolV2>>,
  Assignable<PostgresBackend, Required<BackendProtocol>>,
  Assignable<PostgresBackend, NonNullable<CreateDeepAgentParams["backend"]>>,
  Assignable<ReturnType<PostgresBackend["withNamespace"]>, Required<BackendProtocolV2>>,
];
