import { createHash, getFips } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** Bytes hashed at a stretch: about 10 ms. */
const SLICE = 2 * 1024 * 1024;

/** Hashes of a body. */
export interface Hashes {
  /** Hex of SHA-256, which signs the request. The SDK would compute it at a stretch. */
  readonly sha256: string;
  /** The store verifies it; buckets with Object Lock demand that. */
  readonly integrity: { readonly ContentMD5: string } | { readonly ChecksumSHA256: string };
}

/**
 * Hashes a body in slices. Every store knows Content-MD5, which cannot be said of checksums. OpenSSL in FIPS mode has no
 * MD5; SHA-256 stands in for it there.
 */
export async function hashesOf(body: Uint8Array, fips = getFips() === 1): Promise<Hashes> {
  const sha256 = createHash("sha256");
  const md5 = fips ? undefined : createHash("md5");
  for (let start = 0; start < body.length; start += SLICE) {
    if (start > 0) await setImmediate();
    const slice = body.subarray(start, start + SLICE);
    sha256.update(slice);
    md5?.update(slice);
  }
  const digest = sha256.digest();
  return {
    sha256: digest.toString("hex"),
    integrity: md5 ? { ContentMD5: md5.digest("base64") } : { ChecksumSHA256: digest.toString("base64") },
  };
}

/** Step of `withBody`: after the SDK's own. */
export const WITH_BODY = { step: "build", priority: "low", name: "withBody" } as const;

/**
 * Middleware that sends a body at once, signed by its hash if that is known. The SDK announces one of 2 MiB and more by
 * `Expect: 100-continue`: it then opens a connection of its own, without the client's CA, certificate and pool, and waits
 * 6 s for a store that does not answer.
 */
export const withBody =
  (sha256?: string) =>
  <Handler extends (args: never) => unknown>(next: Handler): Handler =>
    ((args: { request: { headers: Record<string, string> } }) => {
      const { headers } = args.request;
      delete headers.Expect;
      if (sha256 !== undefined) headers["x-amz-content-sha256"] = sha256;
      return next(args as never);
    }) as unknown as Handler;
