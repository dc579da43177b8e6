import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * How a connection ends at an answer: `close` ends both sides, `reset` ends the client's by RST, and `stall` passes
 * half of what has come, and nothing after it.
 */
export type Cut = "close" | "reset" | "stall";

/** The farewell of a PostgreSQL client. */
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

  /** Nothing passes any more, and nobody is told. */
  stall(): void {
    this.#isStalled = true;
  }

  /**
   * Lets the connection die without a FIN or RST.
   * @param onUse Called when the client sends a request on it.
   */
  die(onUse: () => void): void {
    this.stall();
    this.#client.on("data", (data) => data.equals(TERMINATE) || onUse());
  }

  /** Ends the client's side. The server goes on with its statement, and hears of it when it has answered. */
  abandon(): void {
    this.stall();
    this.#client.off("close", this.#end).destroy();
    this.#server.once("data", () => this.#server.destroy());
  }

  readonly #end = () => this.close();

  /**
   * @param cuts Whether and how the connection ends at an answer.
   * @param swallows True for a request that does not reach the server.
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

/** A TCP proxy in front of the server that misbehaves on demand. */
export class FaultyProxy {
  /** Whether bytes of existing connections go nowhere. */
  stalled = false;
  /** Decides, for each answer of the server, whether and how its connection ends instead of passing it on. */
  cuts: (answer: Buffer, connection: Connection) => Cut | boolean = () => false;
  /** Decides, for each piece of a request, whether it is kept from the server. */
  swallows: (request: Buffer, connection: Connection) => boolean = () => false;
  /** New connections wait for this. */
  accepts: Promise<void> = Promise.resolve();
  /** How many new connections are reset at once. */
  refusals = 0;
  /** Those that are open. */
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

  /** Lets all open connections die without a FIN or RST; returns a count of those used since. New ones work. */
  killConnections(): () => number {
    const used = new Set<Connection>();
    for (const connection of this.connections) connection.die(() => used.add(connection));
    return () => used.size;
  }

  /** The address of the server as seen through the proxy. */
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

  /** Nothing listens at the address any more. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
