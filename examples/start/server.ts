import { fileURLToPath } from "node:url";
import { chooseDataDirectory, startPostgres } from "@deepagents-internal/servers";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** PostgreSQL server of this run. */
export interface Server {
  url: string;
  /** Description of the server and the location of its data, in one line. */
  line: string;
  /** Location of the data. */
  where: string;
  /** Address for a shell. Contains the name of the variable instead of a given password. */
  shellAddress: string;
  /** True if the server was started by a command of this clone. It stops with the last of them. */
  ours: boolean;
  stop(): Promise<void>;
}

/**
 * Returns the server that `TEST_POSTGRES_URL` or `DATABASE_URL` names, else the server of this clone, which is started
 * if necessary and keeps its data.
 * @throws Error that says what to do.
 */
export async function openServer(): Promise<Server> {
  const variable = ["TEST_POSTGRES_URL", "DATABASE_URL"].find((name) => process.env[name]);
  if (variable) return openGiven(variable);
  const { path, isInClone } = chooseDataDirectory(REPOSITORY);
  if (!isInClone) console.log(`The data is in ${path}: the server cannot write to this clone.`);
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

/** Opens the server that the variable names. `startPostgres` reads the variable that tests use. */
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

/** Returns a psql command that shows the newest files. */
export function psqlLine(server: Server, table: string): string {
  const query = `SELECT path, modified_at FROM ${table} ORDER BY modified_at DESC LIMIT 20`;
  return `psql "${server.shellAddress}" -c "${query}"`;
}
