import type { TestDatabase } from "./connection.js";

/** Where a PostgreSQL came from, in the order in which they are tried. */
export const SOURCES = ["environment", "docker", "binaries", "embedded"] as const;
export type PostgresSource = (typeof SOURCES)[number];

export interface StartOptions {
  /**
   * Folder to keep the data in from run to run, made when it is missing. Processes that name the same one share a
   * server. Default: a temporary folder that goes with the server.
   */
  dataDirectory?: string;
  /** TCP port on 127.0.0.1. Default: a free one. A server that already runs keeps its own. */
  port?: number;
  /** Gets a line for whatever takes long or was decided. Default: nobody hears it. */
  log?: (line: string) => void;
  /** Sources to try. Default: all. The order stays. */
  sources?: readonly PostgresSource[];
}

export interface PostgresServer {
  /** With user and password, to the database `postgres`, unless the environment's address names another. */
  url: string;
  /** `17.5`, as the server reports it. */
  version: string;
  source: PostgresSource;
  /** One line that says which server it is. */
  description: string;
  /** Makes a new, empty database on it. Takes about 70 ms. */
  createDatabase(): Promise<TestDatabase>;
  /**
   * Stops what was started here, and removes temporary data. A server of the environment, and one that
   * another process still uses, keeps running. Calling it twice is fine.
   */
  stop(): Promise<void>;
}
