import { baseName } from "../../protocol/path.js";
import type { Key } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { entries, type Location, type OperationContext, pathOf } from "./operation.js";

/** Maximum number of directory entries examined. */
const MAX_ENTRIES = 1_000;

/**
 * Returns the error sentence for a missing file. If the same directory has a file whose name looks the same, the
 * sentence names it: macOS puts U+202F into the names of screenshots and decomposes accents (NFD), whereas a model
 * writes a space and composed characters.
 *
 * The names differ only in how Unicode encodes the same text, so a caller whom a path rule denies the file learns no
 * more than that it exists.
 */
export async function notFoundSentence(
  op: OperationContext,
  location: Location,
  path: string,
): Promise<string> {
  const found = await findLookAlike(op, location);
  if (found === undefined) return `File '${path}' not found`;
  const name = pathOf(op, found);
  const others = [...new Set(baseName(found))].filter((char) => !path.includes(char)).map(codePoint);
  const difference = others.length > 0 ? ` (it contains ${others.join(", ")})` : "";
  return `File '${path}' not found. '${name}' looks the same and is there${difference}: use exactly that path`;
}

const codePoint = (char: string): string =>
  `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * Finds a file whose name looks the same. Costs at most one listing, and none for a name of plain ASCII without spaces.
 */
async function findLookAlike(op: OperationContext, { key, directory }: Location): Promise<Key | undefined> {
  const name = baseName(key);
  const start = commonStart(name);
  if (directory || start === undefined) return undefined;
  const wanted = appearance(name);
  const prefix = key.slice(0, key.length - name.length) + start;
  let seen = 0;
  try {
    for await (const entry of entries(op, prefix, { recursive: false })) {
      if (!entry.directory && entry.key !== key && appearance(baseName(entry.key)) === wanted)
        return entry.key;
      seen += 1;
      if (seen === MAX_ENTRIES) return undefined;
    }
  } catch (error) {
    // The file is missing whether or not the listing succeeds.
    if (!RemoteBackendError.is(error)) throw error;
  }
  return undefined;
}

/**
 * Matches a character that Unicode can encode in several ways, with the one before it, which may be the base of an
 * accent.
 */
const VARIABLE = /[\s\S]?[^!-~]/u;

/** Returns the common literal prefix of a name and all its look-alikes; `undefined` if there can be none. */
const commonStart = (name: string): string | undefined => {
  const at = name.search(VARIABLE);
  return at === -1 ? undefined : name.slice(0, at);
};

/**
 * Normalizes a name to its visible form: compatibility forms (spaces among them), composed accents, no invisible marks.
 */
const appearance = (name: string): string =>
  name
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFC");
