import { PostgresBackend } from "@deepagents-remote/backend-postgres";

export const TABLE = "agent_files";

/** All paths of the demonstration lie under this, so that it meets no other files of the table. */
export const NAMESPACE = "npm-start";

/** Opens no connection; the first operation does, and makes the table where it is missing. */
export function openBackend(url: string): PostgresBackend {
  return new PostgresBackend({ url, table: TABLE, namespace: [NAMESPACE], writeMode: "create" });
}
