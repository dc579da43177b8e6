import type { Key } from "@deepagents-remote/core/adapter";

/** Last character of probe keys. No path can contain it, so no file has such a key. */
export const UNNAMEABLE = "\u007f";

/** Replacement for `UNNAMEABLE` on stores that refuse control characters. */
export const NAMEABLE = "~";

/**
 * Returns a key for a probe. Listings and deletions skip it. It is under the prefix, because credentials may be limited
 * to that.
 * @param end Last character of the key.
 */
export const probeKey = (id: string, end = UNNAMEABLE): Key => `.deepagents-remote-probe-${id}${end}`;

const PROBE = /(?:^|\/)\.deepagents-remote-probe-[0-9a-f-]{36}[\u007f~](?:\/f?)?$/;

/** True for a key of a probe, or of a directory of one. */
export const isProbeKey = (key: Key): boolean => PROBE.test(key);

/**
 * Maximum lifetime of a probe object, in milliseconds. An older one is a leftover, and is deleted along with its
 * directory.
 */
const LIFETIME_MS = 3_600_000;

/** True for an object of a probe that may still be running, in any process. */
export const isProbe = (key: Key, modifiedAt: Date | undefined): boolean =>
  isProbeKey(key) && (modifiedAt === undefined || Date.now() - modifiedAt.getTime() < LIFETIME_MS);
