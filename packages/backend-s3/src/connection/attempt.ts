import type { S3Client } from "@aws-sdk/client-s3";

/** The part of a client that requests use: `send` only, so that nothing can reconfigure the client. */
export type Sender = Pick<S3Client, "send">;

/** The part of an SDK command that an attempt uses. */
interface Command {
  readonly middlewareStack: {
    add(middleware: (next: Handler) => Handler, options: object): void;
  };
}
type Handler = (args: { request: HttpRequest }) => Promise<{ response: unknown }>;
interface HttpRequest {
  readonly hostname: string;
  readonly port?: number;
}

/**
 * Last middleware step before the request is sent. The request is signed by then, so credentials have been obtained.
 */
const LAST_STEP = { step: "deserialize", priority: "low", name: "attempt", override: true };

/** One attempt of a request. Records how far the request got. */
export class Attempt {
  /** Host of the request, with its port unless it is the default; `undefined` until the host is known. */
  host: string | undefined;
  /** True once the request has been sent: from then on, a write may have taken effect. */
  isSent = false;
  /** `Retry-After` of the response, in milliseconds. */
  retryAfterMs: number | undefined;
  readonly #client: S3Client;
  readonly #preparationMs: number;
  #prepared = () => {};
  #isGivenUp = false;

  /** @param preparationMs Time limit for everything before the request is sent: credentials, region, signature. */
  constructor(client: S3Client, preparationMs: number) {
    this.#client = client;
    this.#preparationMs = preparationMs;
  }

  /**
   * Runs the attempt.
   * @param late Creates the error for credentials that arrive too late. Credential providers do not observe signals.
   */
  run<T>(send: (client: Sender) => Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#isGivenUp = true;
        reject(late());
      }, this.#preparationMs);
      this.#prepared = () => clearTimeout(timer);
      // A client of an incompatible version throws synchronously.
      Promise.resolve(this.#sender())
        .then(send)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  #sender(): Sender {
    const send = (command: Command, ...rest: unknown[]) => {
      command.middlewareStack.add((next) => (args) => this.#pass(next, args), LAST_STEP);
      return (this.#client as { send(...parameters: unknown[]): unknown }).send(command, ...rest);
    };
    return { send: send as unknown as S3Client["send"] };
  }

  async #pass(next: Handler, args: { request: HttpRequest }) {
    if (this.#isGivenUp) throw new Error("This attempt was abandoned.");
    const { hostname, port } = args.request;
    this.host = port === undefined ? hostname : `${hostname}:${port}`;
    this.isSent = true;
    this.#prepared();
    const answer = await next(args);
    const { headers = {} } = (answer.response ?? {}) as { headers?: Record<string, string> };
    this.retryAfterMs = retryAfterMs(headers["retry-after"]);
    return answer;
  }
}

/**
 * Parses `Retry-After`: a number of seconds, or a date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
