import type { S3Address } from "./address.js";

/** Where a MinIO came from, in the order in which they are tried. `build` takes minutes; the others, seconds. */
export const SOURCES = ["environment", "docker", "path", "cache", "build"] as const;
export type MinioSource = (typeof SOURCES)[number];

export interface MinioOptions {
  /** Gets a line for whatever takes long or was decided. Default: nobody hears it. */
  log?: (line: string) => void;
  /**
   * Whether SIGINT, SIGTERM and SIGHUP stop the server and end this process. Default: true. Say false where
   * the program ends itself on them; the server then stops at its exit.
   */
  signals?: boolean;
  /** Which sources to try. Default: all. The order stays. */
  sources?: readonly MinioSource[];
}

export interface MinioServer extends S3Address {
  source: MinioSource;
  /** One line that says which server it is. */
  description: string;
  /**
   * Stops what was started here, and removes its data. A server of the environment keeps running. Calling it
   * twice is fine.
   */
  stop(): Promise<void>;
}
