import { reason } from "../os/reason.js";
import { redact } from "../redact.js";
import { s3Address } from "./address.js";
import { askHealth } from "./health.js";
import type { MinioServer } from "./types.js";

/**
 * The server that an environment variable names, or undefined when it names none. One that does not answer is an error.
 * It may be another S3 service than MinIO: those know no such path, and answer so.
 */
export async function fromEnvironment(variable = "TEST_S3_URL"): Promise<MinioServer | undefined> {
  const url = process.env[variable];
  if (!url) return undefined;
  const address = s3Address(url);
  const shown = redact(address.url);
  const why = await askHealth(address.endpoint).then(
    (status) => (status < 500 ? undefined : `HTTP status ${status}`),
    reason,
  );
  if (why !== undefined) {
    throw new Error(
      `${variable} is set, but the S3 service at ${shown} does not answer: ${why}. ` +
        `Start that server or correct the address; unset ${variable} to have a server started.`,
    );
  }
  return {
    ...address,
    source: "environment",
    description: `S3 service at ${shown} (${variable})`,
    async stop() {},
  };
}
