import { fileURLToPath } from "node:url";
import { chooseDataDirectory, startPostgres } from "@deepagents-internal/servers";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** The PostgreSQL of this run. */
export interface Server {
  url: string;
  /** Which it is and where its data lives, in one line. */
  line: string;
  /** Where the data lives. */
  where: string;
  /** The address for a shell: a password that was given is not in it, only the variable that holds it. */
  shellAddress: string;
  /** Whether it was started here, or by another command of this clone, and stops with the last of them. */
  ours: boolean;
  stop(): Promise<void>;
}

/**
 * The server that `TEST_POSTGRES_URL` or `DATABASE_URL` names; without them one of this clone, which is started
 * when it does not run and keeps its data.
 * @throws with what to do about it
 */
export async function openServer(): Promise<Server> {
  const variable = ["TEST_POSTGRES_URL", "DATABASE_URL"].find((name) => process.env[name]);
  if (variable) return openGiven(variable);
  const { path, reason } = chooseDataDirectory(REPOSITORY);
  if (reason.startsWith("not in the clone")) console.log(`The data is in ${path}, ${reason}.`);
  const server = await startPostgres({ dataDirectory: path, log: (line) => console.log(line) });
  return {
    url: server.url,
    line: server.description,
    where: path,
    shellAddress: server.url,
    ours: true,
    stop: () => server.stop(),
  };
}

/** `startPostgres` knows the name that tests use. */
async function openGiven(variable: string): Promise<Server> {
  const named = (text: string) => text.replaceAll("TEST_POSTGRES_URL", variable);
  process.env.TEST_POSTGRES_URL = process.env[variable];
  try {
    const server = await startPostgres({ sources: ["environment"] });
    return {
      url: server.url,
      line: named(server.description),
      where: `the database that ${variable} names`,
      shellAddress: `$${variable}`,
      ours: false,
      stop: () => server.stop(),
    };
  } catch (error) {
    throw new Error(named((error as Error).message), { cause: error });
  }
}

/** A command that shows the newest files. */
export function psqlLine(server: Server, table: string): string {
  const query = `SELECT path, modified_at FROM ${table} ORDER BY modified_at DESC LIMIT 20`;
  return `psql "${server.shellAddress}" -c "${query}"`;
}
