import { reason } from "../os/reason.js";
import { redact } from "../redact.js";
import { s3Address } from "./address.js";
import { askHealth } from "./health.js";
import type { MinioServer } from "./types.js";

/**
 * The server that `TEST_S3_URL` names, or undefined when it names none. One that does not answer is an error. It
 * may be another S3 service than MinIO: those know no such path, and answer so.
 */
export async function fromEnvironment(): Promise<MinioServer | undefined> {
  if (!process.env.TEST_S3_URL) return undefined;
  const address = s3Address();
  const shown = redact(address.url);
  const why = await askHealth(address.endpoint).then(
    (status) => (status < 500 ? undefined : `HTTP status ${status}`),
    reason,
  );
  if (why !== undefined) {
    throw new Error(
      `TEST_S3_URL is set, but the S3 service at ${shown} does not answer: ${why}. ` +
        "Start that server or correct the address; unset TEST_S3_URL to have a server started.",
    );
  }
  return {
    ...address,
    source: "environment",
    description: `S3 service at ${shown} (TEST_S3_URL)`,
    async stop() {},
  };
}
