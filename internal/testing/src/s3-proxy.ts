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

/** A request on its way to the store. */
export interface Asked {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Buffer | string;
  /** In the place of a body: one whose length is not told. */
  readonly stream?: Iterable<Buffer>;
  /** Sends this many bytes of the body, and then nothing more or the end of the connection. */
  readonly breaksOff?: { readonly after: number; readonly by: "reset" | "stall" };
}

/** An answer, or what comes instead: the end of the connection, or nothing at all. */
export type Reaction = Answer | "reset" | "stall";

/** Decides about a request; `forward` asks the store. */
export type Intercept = (asked: Asked, forward: () => Promise<Answer>) => Reaction | Promise<Reaction>;

/** Key and certificates in PEM. */
interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Certificate that a client must have. Default: it needs none. */
  readonly clientCert?: string;
}

const passOn: Intercept = (_, forward) => forward();

/**
 * An HTTP proxy in front of the store that misbehaves on demand. Headers pass unchanged, `Host` among them: the
 * signature covers it.
 */
export class S3Proxy {
  /** What becomes of each request. Default: it is passed on. */
  intercept: Intercept = passOn;
  /** What was asked since the start, or since this was emptied. */
  asked: Asked[] = [];
  /** Connections that are open. */
  readonly connections = new Set<Socket>();
  /** Requests that the store has got and not answered; some have no client any more. */
  readonly #forwarded = new Set<Promise<Answer>>();
  #isStopped = false;
  readonly #dead = new WeakSet<Socket>();
  #sentToDead = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  readonly #target: URL;
  readonly #scheme: string;

  /**
   * @param endpoint Of the store.
   * @param certificate For TLS.
   */
  constructor(endpoint: string, certificate?: Certificate) {
    this.#target = new URL(endpoint);
    const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#serve(incoming, outgoing).catch(() => incoming.socket.destroy());
    };
    this.#server = certificate ? createTlsServer(tlsOptions(certificate), serve) : createServer(serve);
    // Like a store that does not answer 100.
    this.#server.on("checkContinue", serve);
    this.#scheme = certificate ? "https" : "http";
    // What closes a connection is the client.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
    });
  }

  /** One that listens. */
  static async start(endpoint: string, certificate?: Certificate): Promise<S3Proxy> {
    const proxy = new S3Proxy(endpoint, certificate);
    await proxy.listen();
    return proxy;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** Its own address, in the place of the store's; from when it listens. */
  get endpointUrl(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Passes everything on again, and forgets what was asked. */
  reset(): void {
    this.intercept = passOn;
    this.asked = [];
  }

  /**
   * Lets every open connection die silently: what is sent on it goes nowhere. New connections work.
   * @returns How many requests were sent on dead connections since then.
   */
  killConnections(): () => number {
    for (const connection of this.connections) this.#dead.add(connection);
    const before = this.#sentToDead;
    return () => this.#sentToDead - before;
  }

  /** Ends the proxy: nothing listens at its address any more, and the store has answered whatever it was asked. */
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

  async #forward(asked: Asked): Promise<Answer> {
    if (this.#isStopped) throw new Error("The proxy was stopped.");
    const answer = this.#ask(asked);
    this.#forwarded.add(answer);
    return answer.finally(() => this.#forwarded.delete(answer));
  }

  #ask({ method, url, headers, body }: Asked): Promise<Answer> {
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

function reply(outgoing: ServerResponse, { method }: Asked, answer: Answer): void {
  const { status, headers = {}, body = "", stream, breaksOff } = answer;
  // Framing is made anew, but for a length that the answer names itself.
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

/** An answer with another body. */
export function withBody({ headers, ...answer }: Answer, body: string): Answer {
  return { ...answer, headers: { ...headers, "content-length": undefined }, body };
}

/** An error as S3 words it. */
export const failure = (status: number, code: string): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>The key was not found.</Message><RequestId>1</RequestId></Error>`,
});
