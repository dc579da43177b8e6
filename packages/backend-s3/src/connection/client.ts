import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { refuse, regionOfAccessPoint, type S3FileStoreOptions } from "../options.js";
import { Connections } from "./connections.js";
import { bounded } from "./credentials.js";

/** Default of `readTimeoutMs`. */
export const DEFAULT_READ_TIMEOUT_MS = 30_000;

/** Default of `idleTimeoutMs`: below the usual idle timeouts of load balancers. */
const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_LIFETIME_MS = 3_600_000;

/** Default of `maxPoolConnections`, the same as the SDK's. */
export const DEFAULT_POOL = 50;

/** Creates the connection agents for a client that this package creates. */
export const connectionsOf = (options: S3FileStoreOptions): Connections =>
  new Connections({
    maxConnections: options.maxPoolConnections ?? DEFAULT_POOL,
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
    maxLifetimeMs: options.maxLifetimeMs ?? DEFAULT_MAX_LIFETIME_MS,
  });

/** Creates a client, which connects at the first request. Defaults match the Python package. */
export function makeClient(options: S3FileStoreOptions, connections = connectionsOf(options)): S3Client {
  const { useSsl = true } = options;
  const endpoint =
    options.endpointUrl === undefined ? undefined : endpointOf(options.endpointUrl, options.useSsl);
  const config: S3ClientConfig = {
    region: options.region ?? regionOfAccessPoint(options.bucket) ?? regionFinder(options.clientConfig),
    tls: useSsl,
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint }),
    ...(options.accessKeyId !== undefined && { credentials: credentialsOf(options) }),
    // AWS requires no more than this. By default the SDK sends and expects checksums that some stores do not support.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...options.clientConfig,
    ...(typeof options.clientConfig?.credentials === "function" && {
      credentials: bounded(options.clientConfig.credentials),
    }),
    requestHandler: handlerOf(options, connections),
    // Retries happen above the SDK: a repeated write must be distinguished from one by another writer.
    maxAttempts: 1,
  };
  return new S3Client(config);
}

/**
 * Returns a function that looks up the region once, as the SDK does: `AWS_REGION`, then the profile's, else
 * `us-east-1`.
 */
function regionFinder({ profile }: S3ClientConfig = {}): () => Promise<string> {
  const { region } = new S3Client({ ...(profile !== undefined && { profile }) }).config;
  let found: Promise<string> | undefined;
  return () => {
    found ??= region().catch((error: Error) => {
      if (error.message === "Region is missing") return "us-east-1";
      found = undefined;
      throw error;
    });
    return found;
  };
}

interface NodeHttpHandlerOptions {
  readonly httpAgent?: object;
  readonly httpsAgent?: object;
}

/** Returns the caller's request handler, or settings for the SDK's: the caller's take precedence over our defaults. */
function handlerOf(
  options: S3FileStoreOptions,
  connections: Connections,
): NonNullable<S3ClientConfig["requestHandler"]> {
  const given = options.clientConfig?.requestHandler ?? {};
  if ("handle" in given) return given;
  const { httpAgent, httpsAgent, ...rest } = given as NodeHttpHandlerOptions;
  const agent = (protocol: "http" | "https", own?: object) =>
    own instanceof HttpAgent || own instanceof HttpsAgent ? own : connections.agent(protocol, own);
  return {
    connectionTimeout: options.connectTimeoutMs ?? 5_000,
    socketTimeout: options.readTimeoutMs ?? DEFAULT_READ_TIMEOUT_MS,
    httpAgent: agent("http", httpAgent),
    httpsAgent: agent("https", httpsAgent),
    ...rest,
  } as NonNullable<S3ClientConfig["requestHandler"]>;
}

function credentialsOf({ accessKeyId, secretAccessKey, sessionToken }: S3FileStoreOptions) {
  return {
    accessKeyId: accessKeyId!,
    secretAccessKey: secretAccessKey!,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** Returns the endpoint with a scheme. Errors never quote the URL, because it may contain credentials. */
function endpointOf(value: string, useSsl: boolean | undefined): string {
  if (!value.includes("://") && useSsl === undefined) {
    refuse("option 'endpointUrl' has no scheme: put http:// or https:// in front of it, or give 'useSsl'");
  }
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
    ? value
    : `${useSsl === false ? "http" : "https"}://${value}`;
  if (!URL.canParse(text)) refuse("option 'endpointUrl' must be a URL such as https://s3.example.org");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    refuse("option 'endpointUrl' must start with http:// or https://");
  }
  if (url.username || url.password) {
    refuse("option 'endpointUrl' must not hold credentials; give 'accessKeyId' and 'secretAccessKey'");
  }
  if (useSsl !== undefined && useSsl !== (url.protocol === "https:")) {
    refuse("options 'endpointUrl' and 'useSsl' contradict each other");
  }
  return text;
}
