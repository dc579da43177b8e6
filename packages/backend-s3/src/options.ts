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

/** Options of `S3FileStore`: the bucket, the connection to it, and the format of files. */
export interface S3FileStoreOptions {
  /** Name of the bucket, or the ARN or alias of an access point. Required. */
  bucket: string;
  /** Prefix of every key, up to 512 bytes. Leading and trailing slashes are ignored. Default: none. */
  prefix?: string | undefined;
  /**
   * Region of the bucket. Default: the region in an access point's ARN, else the one that the SDK finds (`AWS_REGION`,
   * then the profile's), else `us-east-1`.
   */
  region?: string | undefined;
  /** URL of a store other than AWS, such as `http://localhost:9000`. Default: AWS. */
  endpointUrl?: string | undefined;
  /**
   * Access key, required with `secretAccessKey`. Default: the SDK's credential chain (environment, profile, role of the
   * machine or pod).
   */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** Session token of temporary credentials. */
  sessionToken?: string | undefined;
  /** Use HTTPS. The scheme of `endpointUrl` takes precedence. Default `true`. */
  useSsl?: boolean | undefined;
  /** Maximum number of connections. Default 50. */
  maxPoolConnections?: number | undefined;
  /** Maximum time to open a connection, in milliseconds. Default 5,000. */
  connectTimeoutMs?: number | undefined;
  /**
   * Maximum time that an idle connection is kept, in milliseconds. One that was idle for 10 seconds is not used for a
   * change, and is checked by the next read: if the response does not start within 3 seconds, the read is sent on a new
   * connection. Default 60,000.
   */
  idleTimeoutMs?: number | undefined;
  /** Maximum age of a connection that is reused, in milliseconds. Default 3,600,000 (one hour). */
  maxLifetimeMs?: number | undefined;
  /** Maximum time without data from the store during a request, in milliseconds. Default 30,000. */
  readTimeoutMs?: number | undefined;
  /**
   * Maximum attempts of a request that fails transiently, including the first. Default: as many as fit into 10 seconds
   * of pauses. A conflict with a concurrent writer is not a failure and does not count.
   */
  maxAttempts?: number | undefined;
  /** Maximum retries after the first attempt, as the Python package counts: `maxRetries: 2` means `maxAttempts: 3`. */
  maxRetries?: number | undefined;
  /** Put the bucket into the path of URLs instead of the host name. Default `true` with `endpointUrl`, else `false`. */
  forcePathStyle?: boolean | undefined;
  /**
   * Additional settings of the SDK client. Settings of a `requestHandler` are merged with the timeouts above. The
   * client never retries by itself.
   */
  clientConfig?: S3ClientConfig | undefined;
  /**
   * Share one client, and its connections, among all stores of this process with the same connection options. The last
   * `close()` destroys it. Default `true`.
   */
  shareClient?: boolean | undefined;
  /**
   * Client owned by the caller, instead of all options above except `bucket` and `prefix`. This package never destroys
   * it.
   */
  client?: S3Client | undefined;
  /**
   * Policy for files that have the name of a directory. `auto`: allow them if the store lists both (AWS does; other
   * stores are probed once). `refuse`: reject them, at the cost of a LIST and some HEADs for the first file in a
   * directory. `allow`: do not check. Default `auto`.
   */
  pathConflicts?: "auto" | "refuse" | "allow" | undefined;
  /** Write nothing, not even to probe the store. Default `false`. */
  readOnly?: boolean | undefined;
  /**
   * Format of new text files: `json`, the envelope of the Python package, or `raw`, the plain bytes. Both are always
   * readable. Default `json`.
   */
  format?: "json" | "raw" | undefined;
  /** Maximum file size in bytes. Default 52,428,800 (50 MB) for writes and 104,857,600 for reads. */
  maxFileBytes?: number | undefined;
  /**
   * Size of the file cache in bytes; 0 disables it. Binary files over 16 MB are not cached. Default 67,108,864 (64 MB).
   */
  cacheBytes?: number | undefined;
  /**
   * Keeps every version of every file by the bucket's own versioning, which must be on: with `createBucket`, a new bucket
   * gets it. `retention` needs a lifecycle rule of the bucket, which `initialize()` checks. Default `false`.
   */
  history?: RemoteBackendOptions["history"];
  /** Maximum concurrent requests of one operation. Default 50. */
  concurrency?: number | undefined;
  /** Create the bucket if it is missing. Default `false`. */
  createBucket?: boolean | undefined;
  /** Server-side encryption of new objects. Default: the bucket's. */
  serverSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse" | undefined;
  /** KMS key for `aws:kms` and `aws:kms:dsse`. Default: the account's. */
  kmsKeyId?: string | undefined;
  /** Storage class of new objects. Default: the store's. */
  storageClass?: StorageClass | undefined;
  /** Account that must own the bucket. */
  expectedBucketOwner?: string | undefined;
  /** Accept the charges for requests to a Requester Pays bucket. Default `false`. */
  requesterPays?: boolean | undefined;
  /** Canned ACL of new objects, if the bucket's owner allows ACLs. Default: the bucket's. */
  acl?: ObjectCannedACL | undefined;
  /** Tags of new objects: at most 10, with keys of up to 128 characters and values of up to 256. Default: none. */
  tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Check whether a store other than AWS supports conditional writes (`probe`), or trust that it does (`assume`).
   * Default `probe`.
   */
  conditionalWrites?: "probe" | "assume" | undefined;
  /**
   * Accept a store that ignores write conditions. Concurrent writers then overwrite each other's files. Default
   * `false`.
   */
  unsafeAllowRaces?: boolean | undefined;
}

/** Options of `S3Backend`: those of `S3FileStore`, and those common to all backends. */
export interface S3BackendOptions extends S3FileStoreOptions, RemoteBackendOptions {}

const object: OptionRule = {
  accepts: "an object",
  test: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  explain: (value) => `not ${describeValue(value)}`,
};

/** Matches the ARN of an access point, and captures its region. */
const ACCESS_POINT = /^arn:aws[a-z-]*:s3:([a-z0-9-]+):\d{12}:accesspoint[:/][a-z0-9-]{3,50}$/;

/** @returns The region in the ARN of an access point; `undefined` for the name of a bucket. */
export const regionOfAccessPoint = (bucket: string): string | undefined => ACCESS_POINT.exec(bucket)?.[1];

/**
 * Bucket names by https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and those that only
 * other stores allow.
 */
const bucket: OptionRule = {
  accepts:
    "the name of a bucket: 3 to 255 letters, digits, dots, hyphens or underscores; or the ARN of an access point in " +
    "one region",
  test: (value) =>
    typeof value === "string" &&
    (/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(value) || ACCESS_POINT.test(value)),
  types: ["string"],
};

/** Tags by https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
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
  history: remoteBackendOptionRules.history,
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

/** Names of these options in other clients, for suggestions. */
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

/** Prefix of option error messages. */
const OWNER = "S3";

/**
 * Rejects the options.
 * @throws RemoteBackendError `invalid-options`
 */
export function refuse(why: string): never {
  refuseOptions(OWNER, why);
}

/**
 * Checks every option individually and in combination with the others.
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

/** Removes leading and trailing slashes. */
export const trimSlashes = (value: string): string => value.replace(/^\/+|\/+$/g, "");
