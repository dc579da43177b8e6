import type { BackendProtocolV2, NamespacedBackend, PointInTime } from "@deepagents-remote/core";
import { CommandError } from "../support/exit.js";

/** Describes points in time in the help of commands. */
export const POINTS =
  "A point is a time (2026-05-01T12:00:00Z), an age (90s, 10m, 2h, 3d), the version of a change as `history` and `changes` show it, or thread:checkpoint.";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a point in time.
 * @throws CommandError `usage`
 */
export function pointOf(text: string, now = Date.now()): PointInTime {
  const [, age, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (age !== undefined) return new Date(now - Number(age) * UNITS[unit!]!);
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    // A time without a zone would depend on the machine.
    const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`;
    const time = new Date(zoned);
    if (!Number.isNaN(time.getTime())) return time;
  }
  const [, thread, checkpoint] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (thread !== undefined && checkpoint !== undefined) return { thread, checkpoint };
  if (text === "") throw new CommandError("usage", `The point in time is missing. ${POINTS}`);
  return { version: text };
}

/**
 * Returns a backend that keeps the history.
 * @throws CommandError `usage` for any other.
 */
export function withHistory(backend: BackendProtocolV2): NamespacedBackend {
  // Not `instanceof`: a module may have its own copy of core.
  if ((backend as Partial<NamespacedBackend>).capabilities?.history) return backend as NamespacedBackend;
  throw new CommandError(
    "usage",
    "This workspace keeps no history. PostgreSQL does with history=true in its URL, S3 in a bucket with versioning.",
  );
}

/** Returns a view of the files at a point in time, or the backend itself without one. */
export function viewAt(backend: BackendProtocolV2, point: unknown): BackendProtocolV2 {
  return typeof point === "string" ? withHistory(backend).at(pointOf(point)) : backend;
}
