import { createHash, getFips } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** Bytes hashed at a stretch: about 10 ms. */
const SLICE = 4 * 1024 * 1024;

/**
 * Hashes a body, so that the store can verify it; buckets with Object Lock demand that. Every store knows Content-MD5,
 * which cannot be said of checksums. OpenSSL in FIPS mode has no MD5; SHA-256 stands in for it there.
 */
export async function integrityOf(
  body: Uint8Array,
  fips = getFips() === 1,
): Promise<{ readonly ContentMD5: string } | { readonly ChecksumSHA256: string }> {
  const hash = createHash(fips ? "sha256" : "md5");
  for (let start = 0; start < body.length; start += SLICE) {
    if (start > 0) await setImmediate();
    hash.update(body.subarray(start, start + SLICE));
  }
  const digest = hash.digest("base64");
  return fips ? { ChecksumSHA256: digest } : { ContentMD5: digest };
}

/** Step of `withoutExpect`: after the SDK's own. */
export const WITHOUT_EXPECT = { step: "build", priority: "low", name: "withoutExpect" } as const;

/**
 * Middleware that sends a body at once. The SDK announces one of 2 MiB and more by `Expect: 100-continue`: it then opens a
 * connection of its own, without the client's CA, certificate and pool, and waits 6 s for a store that does not answer.
 */
export const withoutExpect = <Handler extends (args: never) => unknown>(next: Handler): Handler =>
  ((args: { request: { headers: Record<string, string> } }) => {
    delete args.request.headers.Expect;
    return next(args as never);
  }) as unknown as Handler;
