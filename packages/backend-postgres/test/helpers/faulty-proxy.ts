import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy in front of the server that misbehaves on demand. */
export class FaultyProxy {
  /** Whether bytes of existing connections go nowhere. */
  stalled = false;
  /** Decides, for each answer of the server, whether both ends are cut instead of passing it on. */
  cuts: (answer: Buffer) => boolean = () => false;
  /** New connections wait for this. */
  accepts: Promise<void> = Promise.resolve();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: URL): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server);
    server.on("connection", (client) => void proxy.#connect(client, target));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** The address of the server as seen through the proxy. */
  through(url: string): string {
    const altered = new URL(url);
    altered.hostname = "127.0.0.1";
    altered.port = String((this.#server.address() as { port: number }).port);
    return altered.href;
  }

  async #connect(client: Socket, target: URL): Promise<void> {
    this.#sockets.add(client);
    client.on("error", () => client.destroy());
    await this.accepts;
    const upstream = connect(Number(target.port), target.hostname);
    const born = { stalled: false };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on("data", (data) => {
        born.stalled ||= this.stalled;
        if (born.stalled) return;
        if (from === upstream && this.cuts(data)) {
          client.destroy();
          upstream.destroy();
        } else to.write(data);
      });
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
