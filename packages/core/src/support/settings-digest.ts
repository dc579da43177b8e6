import { createHash } from "node:crypto";

let instances = 0;
/** Numbers for functions and class instances, such as agents, which are compared by identity. */
const instanceNumbers = new WeakMap<object, number>();

/**
 * Computes a digest of settings, which is equal for equal settings. A digest, so that no secrets are kept.
 * @returns `undefined` for settings that cannot be compared, such as circular ones.
 */
export function settingsDigest(settings: unknown): string | undefined {
  try {
    const text = JSON.stringify(settings, (_, value) =>
      isInstance(value) ? { instance: numberOf(value) } : value,
    );
    return createHash("sha256").update(text).digest("base64");
  } catch {
    return undefined;
  }
}

function numberOf(value: object): number {
  if (!instanceNumbers.has(value)) instanceNumbers.set(value, ++instances);
  return instanceNumbers.get(value)!;
}

function isInstance(value: unknown): value is object {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  // A plain object may come from another realm.
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
