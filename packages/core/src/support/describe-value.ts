/** Names the kind of a value for an error message. Strings are never quoted: one may be a password in the wrong place. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (value === "") return "an empty string";
  if (typeof value === "string")
    return value.isWellFormed() ? "a string" : "a string with half a surrogate pair";
  if (Array.isArray(value)) return "an array";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
