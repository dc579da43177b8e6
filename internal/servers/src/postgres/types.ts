/** Where a PostgreSQL came from, in the order in which they are tried. */
export const SOURCES = ["environment", "docker", "binaries", "embedded"] as const;
export type PostgresSource = (typeof SOURCES)[number];

export interface StartOptions {
  /**
   * A folder to keep the data in from run to run. It is made when it is missing; the server's own data
   * directory is `data` in it. Default: a temporary folder that `stop()` removes.
   */
  dataDirectory?: string;
  /** The TCP port on 127.0.0.1. Default: a free one. A server that already runs keeps its own. */
  port?: number;
  /** Gets a line for whatever takes long or was decided. Default: nobody hears it. */
  log?: (line: string) => void;
  /**
   * Whether SIGINT, SIGTERM and SIGHUP stop the server and end this process. Default: true. Say false where
   * the program ends itself on them; the server then stops at its exit.
   */
  signals?: boolean;
  /** Which sources to try. Default: all. The order stays. */
  sources?: readonly PostgresSource[];
}

export interface TestDatabase {
  url: string;
  /** Drops it, with whoever is still connected. Dropping it twice is fine. */
  drop(): Promise<void>;
}

export interface PostgresServer {
  /** With user and password, to the database `postgres`, unless the environment's address names another. */
  url: string;
  /** `17.5`, as the server reports it. */
  version: string;
  source: PostgresSource;
  /** One line that says which server it is. */
  description: string;
  /** A new, empty database on it. Takes about 70 ms. */
  createDatabase(): Promise<TestDatabase>;
  /**
   * Stops what was started here, and removes temporary data. A server of the environment, and one that
   * another process still uses, keeps running. Calling it twice is fine.
   */
  stop(): Promise<void>;
}
