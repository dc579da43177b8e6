import type { Key } from "@deepagents-remote/core/adapter";

/** Last character of a probe's keys: one that no path can have, so that no file has such a key. */
export const UNNAMEABLE = "\u007f";

/** In its place, for a store that refuses control characters. */
export const NAMEABLE = "~";

/**
 * A key for a probe. No listing shows it, and no deletion takes it. It lies under the prefix, because credentials may be
 * limited to that.
 * @param end Its last character.
 */
export const probeKey = (id: string, end = UNNAMEABLE): Key => `.deepagents-remote-probe-${id}${end}`;

const PROBE = /(?:^|\/)\.deepagents-remote-probe-[0-9a-f-]{36}[\u007f~](?:\/f?)?$/;

/** True for a key of a probe, or a directory of it. */
export const isProbeKey = (key: Key): boolean => PROBE.test(key);

/** Longest life of a probe's object, in milliseconds. One that is older was left behind, and goes with its directory. */
const LIFETIME_MS = 3_600_000;

/** True for an object of a probe that may be running, in any process. */
export const isProbe = (key: Key, modifiedAt: Date | undefined): boolean =>
  isProbeKey(key) && (modifiedAt === undefined || Date.now() - modifiedAt.getTime() < LIFETIME_MS);
