import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** A request to the store. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Buffer | string;
  /** Replacement for the body, without an announced length. */
  readonly stream?: Iterable<Buffer>;
  /** Number of body bytes to send before the connection stalls or is reset. */
  readonly breaksOff?: { readonly after: number; readonly by: "reset" | "stall" };
}

/** Response, or a fault instead: a reset connection, or no response at all. */
type Reaction = Answer | "reset" | "stall";

/** Handles a request; `forward` sends it to the store. */
export type Intercept = (
  asked: ProxiedRequest,
  forward: () => Promise<Answer>,
) => Reaction | Promise<Reaction>;

/** Key and certificates in PEM. */
interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Certificate that clients must present. Default: none. */
  readonly clientCert?: string;
}

const passOn: Intercept = (_, forward) => forward();

/**
 * HTTP proxy in front of a store that injects faults on demand. Forwards all headers unchanged, including `Host`, which
 * the signature covers.
 */
export class S3Proxy {
  /** Handler for each request. Default: forwards it. */
  intercept: Intercept = passOn;
  /** Requests since the start, or since this array was emptied. */
  asked: ProxiedRequest[] = [];
  /** Open connections. */
  readonly connections = new Set<Socket>();
  /** Forwarded requests without a response so far. Some of their clients may have disconnected. */
  readonly #forwarded = new Set<Promise<Answer>>();
  #isStopped = false;
  readonly #dead = new WeakSet<Socket>();
  #sentToDead = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  readonly #target: URL;
  readonly #scheme: string;

  /**
   * @param endpoint URL of the store.
   * @param certificate Server certificate; enables TLS.
   */
  constructor(endpoint: string, certificate?: Certificate) {
    this.#target = new URL(endpoint);
    const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#serve(incoming, outgoing).catch(() => incoming.socket.destroy());
    };
    this.#server = certificate ? createTlsServer(tlsOptions(certificate), serve) : createServer(serve);
    // Behaves like a store that never sends 100 Continue.
    this.#server.on("checkContinue", serve);
    this.#scheme = certificate ? "https" : "http";
    // Only the client closes connections.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
    });
  }

  /** Starts a proxy. */
  static async start(endpoint: string, certificate?: Certificate): Promise<S3Proxy> {
    const proxy = new S3Proxy(endpoint, certificate);
    await proxy.listen();
    return proxy;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** URL of the proxy, to use instead of that of the store. Available once the proxy listens. */
  get endpointUrl(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Restores forwarding, and discards the recorded requests. */
  reset(): void {
    this.intercept = passOn;
    this.asked = [];
  }

  /**
   * Kills every open connection silently: data sent on it is discarded. New connections work.
   * @returns A function that counts the requests sent on dead connections since.
   */
  killConnections(): () => number {
    for (const connection of this.connections) this.#dead.add(connection);
    const before = this.#sentToDead;
    return () => this.#sentToDead - before;
  }

  /** Stops the proxy: stops listening, and waits for the store's responses to forwarded requests. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.allSettled(this.#forwarded);
    this.#agent.destroy();
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (this.#dead.has(incoming.socket)) {
      this.#sentToDead++;
      return;
    }
    const asked = {
      method: incoming.method!,
      url: incoming.url!,
      headers: incoming.headers,
      body: await buffer(incoming),
    };
    this.asked.push(asked);
    const reaction = await this.intercept(asked, () => this.#forward(asked));
    if (reaction === "reset") incoming.socket.resetAndDestroy();
    else if (reaction !== "stall") reply(outgoing, asked, reaction);
  }

  async #forward(asked: ProxiedRequest): Promise<Answer> {
    if (this.#isStopped) throw new Error("The proxy was stopped.");
    const answer = this.#ask(asked);
    this.#forwarded.add(answer);
    return answer.finally(() => this.#forwarded.delete(answer));
  }

  #ask({ method, url, headers, body }: ProxiedRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname: host, port } = this.#target;
      const sent = request({ host, port, method, path: url, headers, agent: this.#agent }, (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode!, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      sent.on("error", reject).end(body);
    });
  }
}

const tlsOptions = ({ key, cert, clientCert }: Certificate) => ({
  key,
  cert,
  ...(clientCert !== undefined && { ca: clientCert, requestCert: true, rejectUnauthorized: true }),
});

function reply(outgoing: ServerResponse, { method }: ProxiedRequest, answer: Answer): void {
  const { status, headers = {}, body = "", stream, breaksOff } = answer;
  // Omits framing headers, which Node sets again, except for an explicit length.
  const { connection, "transfer-encoding": _, ...kept } = headers;
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined) outgoing.setHeader(name, value);
  }
  outgoing.statusCode = status;
  const bytes = Buffer.from(body);
  if (stream) {
    Readable.from(stream).pipe(outgoing);
  } else if (method === "HEAD") {
    outgoing.end();
  } else if (!breaksOff) {
    outgoing.end(bytes);
  } else {
    if (!outgoing.hasHeader("content-length")) outgoing.setHeader("content-length", bytes.length);
    outgoing.write(bytes.subarray(0, breaksOff.after), () => {
      if (breaksOff.by === "reset") outgoing.socket?.destroy();
    });
  }
}

/** Returns a response with another body. */
export function withBody({ headers, ...answer }: Answer, body: string): Answer {
  return { ...answer, headers: { ...headers, "content-length": undefined }, body };
}

/** Creates an error response in the format of S3. */
export const failure = (status: number, code: string): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>The key was not found.</Message><RequestId>1</RequestId></Error>`,
});
