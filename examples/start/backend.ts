import { PostgresBackend } from "@deepagents-remote/backend-postgres";

export const TABLE = "agent_files";

/** Namespace of the demonstration, which separates it from other files in the table. */
export const NAMESPACE = "npm-start";

/** Creates the backend. The first operation connects, and creates the table if it is missing. */
export function openBackend(url: string): PostgresBackend {
  return new PostgresBackend({ url, table: TABLE, namespace: [NAMESPACE], writeMode: "create" });
}
