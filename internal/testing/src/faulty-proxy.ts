import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * Way to end a connection at a response: `close` closes both sides, `reset` sends an RST to the client, and `stall`
 * forwards half of the data received and nothing after it.
 */
export type Cut = "close" | "reset" | "stall";

/** Terminate message of a PostgreSQL client. */
const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

/** A connection through the proxy. */
export class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  #isStalled = false;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
  }

  close(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** Silently stops forwarding. */
  stall(): void {
    this.#isStalled = true;
  }

  /**
   * Kills the connection without a FIN or RST.
   * @param onUse Called when the client sends a request on it.
   */
  die(onUse: () => void): void {
    this.stall();
    this.#client.on("data", (data) => data.equals(TERMINATE) || onUse());
  }

  /** Closes the client's side. The server continues its statement, and notices only when it responds. */
  abandon(): void {
    this.stall();
    this.#client.off("close", this.#end).destroy();
    this.#server.once("data", () => this.#server.destroy());
  }

  readonly #end = () => this.close();

  /**
   * Forwards data.
   * @param cuts Decides whether and how the connection ends at a response.
   * @param swallows Returns true for a request that must not reach the server.
   */
  pass(cuts: (answer: Buffer) => Cut | boolean, swallows: (request: Buffer) => boolean): void {
    for (const socket of [this.#client, this.#server]) {
      socket.on("error", this.#end);
      socket.on("close", this.#end);
    }
    this.#client.on("data", (data) => {
      if (this.#isStalled || swallows(data)) return;
      this.#server.write(data);
    });
    this.#server.on("data", (data) => {
      if (this.#isStalled) return;
      const cut = cuts(data);
      if (this.#isStalled) return;
      if (cut === "reset") this.reset();
      else if (cut === "stall") {
        this.#client.write(data.subarray(0, data.length / 2));
        this.stall();
      } else if (cut) this.close();
      else this.#client.write(data);
    });
  }
}

/** TCP proxy in front of a server that injects faults on demand. */
export class FaultyProxy {
  /** True to discard the data of existing connections. */
  stalled = false;
  /** Decides for each response whether and how to end the connection instead of forwarding it. */
  cuts: (answer: Buffer, connection: Connection) => Cut | boolean = () => false;
  /** Decides for each part of a request whether to withhold it from the server. */
  swallows: (request: Buffer, connection: Connection) => boolean = () => false;
  /** Promise that new connections wait for. */
  accepts: Promise<void> = Promise.resolve();
  /** Number of new connections to reset immediately. */
  refusals = 0;
  /** Open connections. */
  readonly connections = new Set<Connection>();
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

  /**
   * Kills all open connections without a FIN or RST; new ones work. Returns a function that counts the dead connections
   * used since.
   */
  killConnections(): () => number {
    const used = new Set<Connection>();
    for (const connection of this.connections) connection.die(() => used.add(connection));
    return () => used.size;
  }

  /** Returns a URL that leads to the server through the proxy. */
  through(url: string): string {
    const altered = new URL(url);
    altered.hostname = "127.0.0.1";
    altered.port = String((this.#server.address() as { port: number }).port);
    return altered.href;
  }

  async #connect(client: Socket, target: URL): Promise<void> {
    this.#follow(client);
    if (this.refusals > 0) {
      this.refusals--;
      client.resetAndDestroy();
      return;
    }
    await this.accepts;
    if (client.destroyed) return;
    const server = this.#follow(connect(Number(target.port), target.hostname));
    const connection = new Connection(client, server);
    this.connections.add(connection);
    client.once("close", () => this.connections.delete(connection));
    const stallsIfAsked = () => this.stalled && connection.stall();
    for (const socket of [client, server]) socket.on("data", stallsIfAsked);
    connection.pass(
      (answer) => this.cuts(answer, connection),
      (request) => this.swallows(request, connection),
    );
  }

  #follow(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    return socket.on("close", () => this.#sockets.delete(socket));
  }

  /** Stops listening. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
