import type { ObjectCannedACL, S3Client, S3ClientConfig, StorageClass } from "@aws-sdk/client-s3";
import type { RemoteBackendOptions } from "@deepagents-remote/core";
import {
  checkOptions,
  describeValue,
  type OptionRule,
  optionRules,
  otherRemoteBackendOptionNames,
  refuseOptions,
  remoteBackendOptionRules,
} from "@deepagents-remote/core/adapter";

const { flag, integer, milliseconds, oneOf, target, text } = optionRules;

/** Which bucket, how it is reached, and how files lie in it. */
export interface S3FileStoreOptions {
  /** Name of the bucket, or the ARN or alias of an access point. Required. */
  bucket: string;
  /** In front of every key, up to 512 bytes; outer slashes do not count. Default: none. */
  prefix?: string | undefined;
  /**
   * Default: the region in an access point's ARN, else the one that the SDK finds (`AWS_REGION`, then the profile's),
   * else `us-east-1`.
   */
  region?: string | undefined;
  /** Address of a store that is not AWS, such as `http://localhost:9000`. Default: AWS. */
  endpointUrl?: string | undefined;
  /** Together with `secretAccessKey`. Default: the SDK's own chain (environment, profile, role of the machine or pod). */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** Of temporary credentials. */
  sessionToken?: string | undefined;
  /** HTTPS; what an `endpointUrl` with a scheme says goes first. Default `true`. */
  useSsl?: boolean | undefined;
  /** Connections at most. Default 50. */
  maxPoolConnections?: number | undefined;
  /** Longest time to a connection, in milliseconds. Default 5,000. */
  connectTimeoutMs?: number | undefined;
  /**
   * Longest time that a connection is kept without a request, in milliseconds. One that was idle for 10 seconds is checked
   * when it is used again: its answer has to begin within 3 seconds, or the request is sent on a new one. Default 60,000.
   */
  idleTimeoutMs?: number | undefined;
  /** Longest time that a connection is used for further requests, in milliseconds. Default 3,600,000 (an hour). */
  maxLifetimeMs?: number | undefined;
  /** Longest silence of the store within a request, in milliseconds. Default 30,000. */
  readTimeoutMs?: number | undefined;
  /**
   * Maximum attempts of a request with transient failures, the first included. Default: as many as fit into 10 seconds of
   * pauses. A lost race against another writer is no failure and does not count.
   */
  maxAttempts?: number | undefined;
  /** The same without the first attempt, as the Python package counts: `maxRetries: 2` is `maxAttempts: 3`. */
  maxRetries?: number | undefined;
  /** Bucket in the path of URLs and not in the host name. Default `true` with `endpointUrl`, else `false`. */
  forcePathStyle?: boolean | undefined;
  /** Further settings of the SDK's client; those of a `requestHandler` are added to the timeouts above. It never retries by itself. */
  clientConfig?: S3ClientConfig | undefined;
  /**
   * Use one client, and its connections, for all stores of this process with the same connection options, until the last
   * one is closed. Default `true`.
   */
  shareClient?: boolean | undefined;
  /** A client that the caller owns, in the place of all options above but `bucket` and `prefix`. It is never destroyed here. */
  client?: S3Client | undefined;
  /**
   * Whether a file may have the name of a directory. `auto`: where the store shows both (AWS; elsewhere it is tried
   * once). `refuse`: never, for one LIST and some HEADs at each creation. `allow`: always, unchecked. Default `auto`.
   */
  pathConflicts?: "auto" | "refuse" | "allow" | undefined;
  /** Write nothing, not even to try what the store can do. Default `false`. */
  readOnly?: boolean | undefined;
  /** How new text is stored: `json`, the envelope of the Python package, or `raw`, its own bytes. Either reads both. Default `json`. */
  format?: "json" | "raw" | undefined;
  /** Largest file in bytes. Default 52,428,800 (50 MB); files up to 104,857,600 are read. */
  maxFileBytes?: number | undefined;
  /** Memory for files that were read, in bytes; 0 for none; bytes over 16 MB are not kept. Default 67,108,864 (64 MB). */
  cacheBytes?: number | undefined;
  /** Requests of one operation at a time. Default 16. */
  concurrency?: number | undefined;
  /** Make the bucket where it is missing. Default `false`. */
  createBucket?: boolean | undefined;
  /** Default: the bucket's own. */
  serverSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse" | undefined;
  /** Key for `aws:kms` and `aws:kms:dsse`. Default: the account's own. */
  kmsKeyId?: string | undefined;
  /** Default: the store's own. */
  storageClass?: StorageClass | undefined;
  /** Account that must own the bucket. */
  expectedBucketOwner?: string | undefined;
  /** Pay for the requests to a bucket whose owner demands that: all of them carry the consent. Default `false`. */
  requesterPays?: boolean | undefined;
  /** Canned ACL of new objects, where the bucket's owner allows ACLs. Default: none, which is the bucket's own. */
  acl?: ObjectCannedACL | undefined;
  /** Tags of new objects: at most 10, with keys of up to 128 characters and values of up to 256. Default: none. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** Whether a store other than AWS is tried for conditional writes (`probe`) or trusted (`assume`). Default `probe`. */
  conditionalWrites?: "probe" | "assume" | undefined;
  /** Go on with a store that ignores conditions: concurrent writers lose files then. Default `false`. */
  unsafeAllowRaces?: boolean | undefined;
}

/** Options of `S3Backend`: those of its store, and those that every backend has. */
export interface S3BackendOptions extends S3FileStoreOptions, RemoteBackendOptions {}

const object: OptionRule = {
  accepts: "an object",
  test: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  explain: (value) => `not ${describeValue(value)}`,
};

/** The ARN of an access point, with its region. */
const ACCESS_POINT = /^arn:aws[a-z-]*:s3:([a-z0-9-]+):\d{12}:accesspoint[:/][a-z0-9-]{3,50}$/;

/** @returns The region in the ARN of an access point; `undefined` for the name of a bucket. */
export const regionOfAccessPoint = (bucket: string): string | undefined => ACCESS_POINT.exec(bucket)?.[1];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and what other stores allow besides. */
const bucket: OptionRule = {
  accepts:
    "the name of a bucket: 3 to 255 letters, digits, dots, hyphens or underscores; or the ARN of an access point in " +
    "one region",
  test: (value) =>
    typeof value === "string" &&
    (/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(value) || ACCESS_POINT.test(value)),
  types: ["string"],
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const tags: OptionRule = {
  accepts:
    "an object of at most 10 strings of up to 256 characters under keys of 1 to 128, all of letters, digits, spaces " +
    "and + - = . _ : / @",
  test: (value) =>
    object.test(value) &&
    Object.keys(value as object).length <= 10 &&
    Object.entries(value as object).every(
      ([key, tag]) =>
        key !== "" &&
        key.length <= 128 &&
        typeof tag === "string" &&
        tag.length <= 256 &&
        /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u.test(key + tag),
    ),
};

const prefix: OptionRule = {
  accepts: "a string of up to 512 bytes without control characters and without empty, '.' or '..' segments",
  test: (value) =>
    typeof value === "string" &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= 512 &&
    !/[\u0000-\u001f\u007f]/.test(value) &&
    (trimSlashes(value) === "" ||
      !trimSlashes(value)
        .split("/")
        .some((part) => ["", ".", ".."].includes(part))),
  types: ["string"],
};

const client: OptionRule = {
  accepts: "an S3Client",
  test: (value) => object.test(value) && "send" in (value as object) && "config" in (value as object),
};

export const connectionRules = {
  shareClient: flag,
  region: text,
  endpointUrl: target(text),
  accessKeyId: text,
  secretAccessKey: text,
  sessionToken: text,
  useSsl: flag,
  maxPoolConnections: integer(1, 10_000),
  connectTimeoutMs: milliseconds,
  idleTimeoutMs: milliseconds,
  maxLifetimeMs: milliseconds,
  readTimeoutMs: milliseconds,
  maxAttempts: integer(1, 100),
  maxRetries: integer(0, 99),
  forcePathStyle: flag,
  clientConfig: object,
};

export const storeRules = {
  ...connectionRules,
  bucket,
  prefix: target(prefix),
  client: target(client),
  pathConflicts: oneOf("auto", "refuse", "allow"),
  readOnly: flag,
  format: oneOf("json", "raw"),
  maxFileBytes: integer(1),
  cacheBytes: integer(0),
  concurrency: integer(1, 1_000),
  createBucket: flag,
  serverSideEncryption: oneOf("AES256", "aws:kms", "aws:kms:dsse"),
  kmsKeyId: text,
  storageClass: text,
  expectedBucketOwner: target(text),
  requesterPays: flag,
  acl: text,
  tags,
  conditionalWrites: oneOf("probe", "assume"),
  unsafeAllowRaces: flag,
} satisfies Record<keyof S3FileStoreOptions, OptionRule>;

export const backendRules = {
  ...storeRules,
  ...remoteBackendOptionRules,
} satisfies Record<keyof S3BackendOptions, OptionRule>;

/** Names that these options have in other clients. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...otherRemoteBackendOptionNames,
  bucketName: "bucket",
  endpoint: "endpointUrl",
  url: "endpointUrl",
  host: "endpointUrl",
  basePath: "prefix",
  keyPrefix: "prefix",
  credentials:
    "give 'accessKeyId' and 'secretAccessKey', leave both out for the SDK's own chain, or give a provider in 'clientConfig'",
  accessKey: "accessKeyId",
  secretKey: "secretAccessKey",
  s3: "client",
  s3Client: "client",
  ssl: "useSsl",
  pathStyle: "forcePathStyle",
  s3ForcePathStyle: "forcePathStyle",
  retries: "maxRetries",
  encryption: "serverSideEncryption",
};

/** In front of what is wrong with an option, of the backend or of its store. */
const OWNER = "S3";

/** @throws RemoteBackendError `invalid-options` */
export function refuse(why: string): never {
  refuseOptions(OWNER, why);
}

/**
 * Checks every option by itself and against the others.
 * @param rules `storeRules` or `backendRules`.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function checkS3Options(
  options: S3FileStoreOptions,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  if (typeof options === "string")
    refuse("options must be an object: give the name of a bucket as { bucket }");
  if (client.test(options)) refuse("options must be an object: give a client as { client, bucket }");
  checkOptions(OWNER, options, rules, OTHER_NAMES);
  if (options.bucket === undefined) refuse(`option 'bucket' is required: ${bucket.accepts}`);
  if (options.bucket.endsWith("--x-s3")) {
    refuse(
      "option 'bucket' names a directory bucket, whose listings have no order; use a general purpose bucket",
    );
  }
  if (regionOfAccessPoint(options.bucket) !== undefined) {
    const other = (["endpointUrl", "forcePathStyle", "createBucket"] as const).find((name) => options[name]);
    if (other) refuse(`option '${other}' cannot be combined with the ARN of an access point as 'bucket'`);
  }
  if (options.client) {
    const other = Object.keys(connectionRules).find(
      (name) => options[name as keyof S3FileStoreOptions] !== undefined,
    );
    if (other) refuse(`option '${other}' cannot be combined with 'client', which is already set up`);
  }
  if ((options.accessKeyId === undefined) !== (options.secretAccessKey === undefined)) {
    refuse(
      "options 'accessKeyId' and 'secretAccessKey' belong together; give both, or neither for the SDK's own chain",
    );
  }
  if (options.sessionToken !== undefined && options.accessKeyId === undefined) {
    refuse("option 'sessionToken' needs 'accessKeyId' and 'secretAccessKey'");
  }
  if (options.maxAttempts !== undefined && options.maxRetries !== undefined) {
    refuse("options 'maxAttempts' and 'maxRetries' contradict each other; give one of them");
  }
  if (options.kmsKeyId !== undefined && !options.serverSideEncryption?.startsWith("aws:kms")) {
    refuse(`option 'kmsKeyId' needs 'serverSideEncryption' to be "aws:kms" or "aws:kms:dsse"`);
  }
}

/** A prefix without its outer slashes. */
export const trimSlashes = (value: string): string => value.replace(/^\/+|\/+$/g, "");
