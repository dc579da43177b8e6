import type { Key } from "@deepagents-remote/core/adapter";

/**
 * The last character is one that no path can have: no file has such a key, no listing shows it, and no deletion takes it.
 * It lies under the prefix, because credentials may be limited to that.
 */
export const probeKey = (id: string): Key => `.deepagents-remote-probe-${id}\u007f`;

const PROBE = /(?:^|\/)\.deepagents-remote-probe-[0-9a-f-]{36}\u007f(?:\/f)?$/;

/** Longest life of a probe's object, in milliseconds. One that is older was left behind, and goes with its directory. */
const LIFETIME_MS = 3_600_000;

/** True for an object of a probe that may be running, in any process. */
export const isProbe = (key: Key, modifiedAt: Date | undefined): boolean =>
  PROBE.test(key) && (modifiedAt === undefined || Date.now() - modifiedAt.getTime() < LIFETIME_MS);
