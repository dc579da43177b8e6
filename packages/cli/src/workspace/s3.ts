import type { S3BackendOptions } from "@deepagents-remote/backend-s3";
import { CommandError } from "../support/exit.js";
import { optionOf } from "./url-options.js";

/** Shorter names of parameters. */
const NAMES: Readonly<Record<string, string>> = { endpoint: "endpointUrl" };

/** Options that must not be given in a URL. */
const SECRETS: ReadonlySet<string> = new Set(["accessKeyId", "secretAccessKey", "sessionToken"]);

/**
 * Reads the options of `S3Backend` from `s3://bucket/prefix?endpoint=...`. Credentials come from the SDK's own chain.
 * @throws CommandError `usage`
 */
export function s3Options(text: string): S3BackendOptions & { namespace?: string[] } {
  const [, bucket = "", prefix = "", query = ""] =
    /^s3:\/\/([^/?]*)\/?([^?]*)(?:\?(.*))?$/is.exec(text) ?? [];
  if (bucket.includes("@")) throw noSecrets();
  const options: Record<string, unknown> = {};
  const namespace: string[] = [];
  for (const [given, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
    const name = NAMES[given] ?? given;
    if (SECRETS.has(name)) throw noSecrets();
    if (name === "namespace") namespace.push(value);
    else options[name] = optionOf(name, value);
  }
  return {
    bucket: decodeURIComponent(bucket),
    ...(prefix !== "" && { prefix: decodeURIComponent(prefix) }),
    ...options,
    ...(namespace.length > 0 && { namespace }),
  };
}

const noSecrets = () =>
  new CommandError(
    "usage",
    "Credentials in an argument are visible to all users of this machine. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile by AWS_PROFILE.",
  );
