import { createHash, getFips } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** Number of bytes to hash per turn of the event loop: about 10 ms. */
const SLICE = 2 * 1024 * 1024;

/** Hashes of a request body. */
export interface Hashes {
  /** SHA-256 in hex, for the signature. The SDK would compute it in one blocking call. */
  readonly sha256: string;
  /** Checksum for the store to verify, which buckets with Object Lock require. */
  readonly integrity: { readonly ContentMD5: string } | { readonly ChecksumSHA256: string };
}

/**
 * Hashes a body in slices. Uses Content-MD5, because every store supports it, unlike newer checksums. OpenSSL in FIPS
 * mode has no MD5, so SHA-256 is used there.
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

/** Middleware step of `withBody`: after the SDK's own. */
export const WITH_BODY = { step: "build", priority: "low", name: "withBody" } as const;

/**
 * Middleware that sends a body immediately, signed with its hash if known. For bodies of 2 MiB and more the SDK would
 * send `Expect: 100-continue`, which opens a separate connection without the client's CA, certificate and pool, and
 * waits 6 s for a store that does not respond.
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
