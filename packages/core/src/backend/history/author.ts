import type { Author } from "../../store/origin.js";
import { callOption, functionFault } from "../../support/caller-functions.js";
import { describeValue } from "../../support/describe-value.js";
import type { HistoryOptions } from "./options.js";

const NAMES = ["thread", "checkpoint", "agent", "user"] as const;

/** Maximum bytes of UTF-8 of each part of an author: S3 has little room for metadata. */
const MAX_BYTES = 128;

/** Control characters: a model may read the name of an author. */
const CONTROL = /\p{Cc}/u;

/** Name of the option, for messages. */
const OPTION = "history.by";

/**
 * Returns a function that determines the author of a change.
 * @throws RemoteBackendError `invalid-options` on a call, if the caller's function throws, is async, or returns no author.
 */
export function resolveAuthor(history: boolean | HistoryOptions | undefined): () => Author | undefined {
  const by = typeof history === "object" ? history.by : undefined;
  if (!by) return () => undefined;
  return () => checkedAuthor(callOption(OPTION, by));
}

/** Copies the known parts of an author that are given. Returns `undefined` if none is. */
function checkedAuthor(given: unknown): Author | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "object") {
    throw functionFault(
      OPTION,
      `The function given as '${OPTION}' must return an object with any of ${NAMES.join(", ")}, not ${describeValue(given)}.`,
    );
  }
  const unknown = Object.keys(given).find((name) => !NAMES.some((known) => known === name));
  if (unknown !== undefined) {
    throw functionFault(
      OPTION,
      `The function given as '${OPTION}' returned '${unknown}'; an author has only ${NAMES.join(", ")}.`,
    );
  }
  const parts = NAMES.flatMap((name) => {
    const value = (given as Record<string, unknown>)[name];
    return value === undefined || value === null ? [] : [[name, checkedPart(name, value)]];
  });
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

function checkedPart(name: string, value: unknown): string {
  const isValid =
    typeof value === "string" &&
    value !== "" &&
    value.isWellFormed() &&
    !CONTROL.test(value) &&
    Buffer.byteLength(value) <= MAX_BYTES;
  if (isValid) return value;
  throw functionFault(
    OPTION,
    `The '${name}' that the function given as '${OPTION}' returned must be a non-empty string of up to ${MAX_BYTES} bytes without control characters, not ${describeValue(value)}.`,
  );
}
