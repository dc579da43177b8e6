import type { Home } from "./home.js";

/** The process of a server that takes requests. */
export interface ServerProcess {
  pid: number;
  port: number;
}

/** How the servers of one kind are told from other processes, and ended. */
export interface ServerKind {
  /** Names the folder of their homes, and them in messages. */
  name: string;
  /** The pid of the server that is proven to run on that home. */
  find(home: Home): number | undefined;
  /** Ends it if that pid still is this home's server, and answers whether it has ended. Its data may be lost. */
  stop(home: Home, pid: number): Promise<boolean>;
  /** The same for an `exit` handler. */
  stopNow(home: Home, pid: number): boolean;
}
