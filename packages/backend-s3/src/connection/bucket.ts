import type { S3Client } from "@aws-sdk/client-s3";
import { ByteBudget, type Key, type Semaphore } from "@deepagents-remote/core/adapter";
import { trimSlashes } from "../options.js";
import { Attempt, type Sender } from "./attempt.js";
import { type Connections, STALE } from "./connections.js";
import { CREDENTIALS_TIMEOUT_MS, NoCredentials } from "./credentials.js";
import { isSilence, translateError } from "./translate-error.js";

/** IAM action that a request needs. Named in the error if it is denied. */
export type Action =
  | "s3:CreateBucket"
  | "s3:DeleteObject"
  | "s3:DeleteObjectVersion"
  | "s3:GetBucketVersioning"
  | "s3:GetLifecycleConfiguration"
  | "s3:GetObject"
  | "s3:GetObjectVersion"
  | "s3:ListBucket"
  | "s3:ListBucketVersions"
  | "s3:PutBucketVersioning"
  | "s3:PutLifecycleConfiguration"
  | "s3:PutObject";

interface Common {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
  readonly RequestPayer?: "requester";
}

/** One bucket, or the part of it under a prefix, and the client that sends requests to it. */
export class Bucket {
  readonly client: S3Client;
  readonly name: string;
  /** Prefix of all keys: empty, or ends in `/`. */
  readonly prefix: string;
  /** Maximum pause between two chunks of a body, in milliseconds. */
  readonly readTimeoutMs: number;
  /** Parameters of every request. */
  readonly common: Common;
  /**
   * Admits as many requests as the pool has connections: the SDK counts time spent waiting for one as connection
   * timeout.
   */
  readonly #semaphore: Semaphore;
  readonly #connections: Connections | undefined;
  #host: string | undefined;
  /**
   * Bounds the bodies that are read and decoded concurrently. Writes have their own budget, because they hold it while
   * they wait for `#semaphore`.
   */
  readonly reads = new ByteBudget();

  constructor(options: {
    client: S3Client;
    bucket: string;
    prefix?: string | undefined;
    expectedBucketOwner?: string | undefined;
    requesterPays?: boolean | undefined;
    readTimeoutMs: number;
    semaphore: Semaphore;
    /** Connections of the client, if this package manages them. */
    connections?: Connections | undefined;
  }) {
    this.client = options.client;
    this.name = options.bucket;
    const prefix = trimSlashes(options.prefix ?? "");
    this.prefix = prefix === "" ? "" : `${prefix}/`;
    this.readTimeoutMs = options.readTimeoutMs;
    this.common = {
      Bucket: options.bucket,
      ...(options.expectedBucketOwner !== undefined && { ExpectedBucketOwner: options.expectedBucketOwner }),
      ...(options.requesterPays && { RequestPayer: "requester" }),
    };
    this.#semaphore = options.semaphore;
    this.#connections = options.connections;
  }

  /** Returns the key of the object that holds a file: the file's key under the bucket's prefix. */
  objectKey(key: Key): string {
    return this.prefix + key;
  }

  /** Returns the key of the file that an object holds. */
  keyOf(objectKey: string): Key {
    return objectKey.slice(this.prefix.length);
  }

  /** Returns the parameters that name one object in a request. */
  object(key: Key): Common & { readonly Key: string } {
    return { ...this.common, Key: this.objectKey(key) };
  }

  /**
   * Sends a request that changes nothing.
   * @param send Sends the request, and reads its response to the end.
   * @param expected Maps errors that are regular answers to a result; returns `undefined` for all others.
   * @throws RemoteBackendError
   */
  read<Output, Answer = never>(
    action: Action,
    send: (client: Sender) => Promise<Output>,
    expected?: (error: unknown) => Answer | undefined,
  ): Promise<Output | Answer> {
    return this.#attempt({ action, writes: false }, send, expected);
  }

  /**
   * Sends a request that changes objects.
   * @throws RemoteBackendError `unknown-outcome` if its response was lost.
   */
  write<Output, Answer = never>(
    action: Action,
    send: (client: Sender) => Promise<Output>,
    expected?: (error: unknown) => Answer | undefined,
  ): Promise<Output | Answer> {
    return this.#attempt({ action, writes: true }, send, expected);
  }

  async #attempt<Output, Answer>(
    request: { action: Action; writes: boolean },
    send: (client: Sender) => Promise<Output>,
    expected?: (error: unknown) => Answer | undefined,
  ): Promise<Output | Answer> {
    const attempt = new Attempt(this.client, CREDENTIALS_TIMEOUT_MS);
    const start = performance.now();
    this.#connections?.prune(request.writes);
    const late = () => new NoCredentials(true);
    try {
      const answer = await this.#semaphore.run(() => attempt.run(send, late));
      this.#host = attempt.host;
      return answer;
    } catch (error) {
      this.#host = attempt.host ?? this.#host;
      const answer = expected?.(error);
      if (answer !== undefined) return answer;
      if (isSilence(error)) this.#connections?.dropIdleSince(start);
      // Retries only once: the next connection is a new one.
      if (!request.writes && (error as Error).name === STALE) return this.#attempt(request, send, expected);
      throw translateError(error, {
        ...request,
        isSent: attempt.isSent,
        retryAfterMs: attempt.retryAfterMs,
        where: this.#where,
      });
    }
  }

  /**
   * Host of the last request. Unknown before the first one, because the SDK may take it from the environment or a
   * profile.
   */
  get host(): string | undefined {
    return this.#host;
  }

  get #where(): string {
    const bucket = `bucket ${this.name}`;
    return this.#host === undefined ? bucket : `${this.#host}, ${bucket}`;
  }
}
