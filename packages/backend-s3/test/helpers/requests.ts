import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { barrier } from "@deepagents-internal/testing";

type Extension = NonNullable<S3ClientConfig["extensions"]>[number];
type Handler = ReturnType<Parameters<Extension["configure"]>[0]["httpHandler"]>;

/** One HTTP request of a client, its own repetitions among them. */
export interface SentRequest {
  readonly kind:
    | "GET"
    | "HEAD"
    | "LIST"
    | "LIST VERSIONS"
    | "VERSIONING"
    | "PUT"
    | "COPY"
    | "DELETE"
    | "DELETE MANY"
    | "OTHER";
  /** Key of the object, or prefix of a LIST. */
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` while there is no answer. */
  status?: number;
}

/** A record of what clients send; `extension` goes into the configuration of each. */
export interface Requests {
  readonly extension: Extension;
  /** Runs something and gives the requests sent meanwhile, as `line`s in alphabetical order. */
  during(run: () => Promise<unknown>): Promise<string[]>;
  /** The same, as they are and in the order of sending. */
  sentDuring(run: () => Promise<unknown>): Promise<SentRequest[]>;
  /** Lets the next requests of these kinds wait until `count` of them are under way together. */
  meet(count: number, ...kinds: readonly SentRequest["kind"][]): void;
  /** Most requests that were under way together, since the last call of `during`. */
  readonly peak: number;
}

/** A request in short: `GET notes/a.txt`, `LIST src/ /` with its delimiter, `PUT a.txt 412` where the status is an error. */
export function line({ kind, key, query, status }: SentRequest): string {
  const isError = status === undefined || status >= 300;
  return [kind, key, query.delimiter, isError && `${status}`].filter(Boolean).join(" ");
}

export function recordRequests(): Requests {
  let sent: SentRequest[] = [];
  let inFlight = 0;
  let peak = 0;
  let waiting: { left: number; kinds: readonly string[]; come: () => Promise<void> } | undefined;
  const sentDuring = async (run: () => Promise<unknown>) => {
    [sent, peak] = [[], 0];
    await run();
    return sent;
  };
  const handle =
    (inner: Handler["handle"]): Handler["handle"] =>
    async (request, options) => {
      const record = describe(request);
      sent.push(record);
      peak = Math.max(peak, ++inFlight);
      try {
        if (waiting?.kinds.includes(record.kind) && waiting.left-- > 0) await waiting.come();
        const answer = await inner(request, options);
        record.status = answer.response.statusCode;
        return answer;
      } finally {
        inFlight--;
      }
    };
  return {
    extension: {
      configure(client) {
        const handler = client.httpHandler();
        handler.handle = handle(handler.handle.bind(handler));
      },
    },
    sentDuring,
    during: async (run) => (await sentDuring(run)).map(line).sort(),
    meet(count, ...kinds) {
      const come = barrier(count);
      waiting = { left: count, kinds, come: () => come(0) };
    },
    get peak() {
      return peak;
    },
  };
}

function describe({ method, path, query = {}, headers }: Parameters<Handler["handle"]>[0]): SentRequest {
  // The bucket is in the path.
  const key = decodeURIComponent(path.split("/").slice(2).join("/"));
  const rest = { query: query as Record<string, string>, headers };
  if (method === "GET" && "list-type" in query)
    return { ...rest, kind: "LIST", key: rest.query.prefix ?? "" };
  if (method === "GET" && "versions" in query)
    return { ...rest, kind: "LIST VERSIONS", key: rest.query.prefix ?? "" };
  if (method === "GET" && "versioning" in query) return { ...rest, kind: "VERSIONING", key };
  if (method === "PUT" && "x-amz-copy-source" in headers) return { ...rest, kind: "COPY", key };
  if (method === "POST" && "delete" in query) return { ...rest, kind: "DELETE MANY", key };
  const kinds = ["GET", "HEAD", "PUT", "DELETE"] as const;
  return { ...rest, kind: kinds.find((kind) => kind === method) ?? "OTHER", key };
}
