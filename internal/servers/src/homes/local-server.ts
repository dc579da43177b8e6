/** A server process on this machine, temporary or persistent. */
export interface LocalServer {
  port: number;
  /** What to say of it besides version, place and port. */
  note: string;
  stop(): Promise<void>;
  stopNow(): void;
}
