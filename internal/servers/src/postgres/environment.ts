import { reason } from "../os/reason.js";
import { redact } from "../redact.js";
import { askVersion } from "./connection.js";
import { createDatabase } from "./database.js";
import type { PostgresServer } from "./types.js";

/** The server that `TEST_POSTGRES_URL` names, or undefined when it names none. One that does not answer is an error. */
export async function fromEnvironment(): Promise<PostgresServer | undefined> {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) return undefined;
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      `TEST_POSTGRES_URL must look like postgres://user:password@host:5432/database, not ${redact(url)}. ` +
        "Unset it to have a server started.",
    );
  }
  const version = await askVersion(url).catch((error: unknown) => {
    throw new Error(
      `TEST_POSTGRES_URL is set, but the PostgreSQL at ${redact(url)} does not answer: ${reason(error)}. ` +
        "Start that server or correct the address; unset TEST_POSTGRES_URL to have a server started.",
      { cause: error },
    );
  });
  return {
    url,
    version,
    source: "environment",
    description: `PostgreSQL ${version} at ${redact(url)} (TEST_POSTGRES_URL)`,
    createDatabase: () => createDatabase(url),
    async stop() {},
  };
}
