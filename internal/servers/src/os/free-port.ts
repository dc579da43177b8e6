import { createServer } from "node:net";

/** A TCP port that nobody holds on 127.0.0.1 just now. Another process may still take it first: callers retry. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address
          ? resolve(address.port)
          : reject(new Error("no TCP port is free")),
      );
    });
  });
}
