import { inspect } from "node:util";
import type { RemoteBackendError } from "@deepagents-remote/core";
import { expect } from "@jest/globals";
import type { S3Backend } from "../../src/index.js";

/** Returns the error with which `initialize()` rejects; fails if it contains a secret. */
export async function refusal(backend: S3Backend, ...secrets: string[]): Promise<RemoteBackendError> {
  const error = await backend.initialize().then(
    () => expect("initialize()").toBe("refused"),
    (reason: unknown) => reason,
  );
  for (const secret of secrets) expect(inspect(error, { depth: 9 })).not.toContain(secret);
  return error as RemoteBackendError;
}
