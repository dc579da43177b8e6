import type { Author, ChangeKind } from "@deepagents-remote/core/adapter";

/** The change that made a version, as its metadata describes it. */
export interface Provenance {
  readonly kind: ChangeKind;
  readonly by?: Author | undefined;
  /** Digest of the content; see `digestOf`. */
  readonly digest: string;
  /** Bytes of the content. */
  readonly size: number;
}

const KINDS: readonly string[] = ["create", "write", "edit", "upload", "restore"] satisfies ChangeKind[];
const AUTHOR: readonly string[] = ["thread", "checkpoint", "agent", "user"] satisfies (keyof Author)[];

/** Names of the user metadata. */
export const PROVENANCE_NAMES = [
  "deepagents-kind",
  "deepagents-by",
  "deepagents-digest",
  "deepagents-size",
  "deepagents-deleted-by",
] as const;

/** Encodes a provenance as user metadata. */
export const encodeProvenance = ({ kind, by, digest, size }: Provenance): Record<string, string> => ({
  "deepagents-kind": kind,
  ...(by && { "deepagents-by": encodeAuthor(by) }),
  "deepagents-digest": digest,
  "deepagents-size": `${size}`,
});

/** Encodes the author of the deletion that follows; S3 keeps no metadata with a delete marker. */
export const encodeDeleter = (by: Author): Record<string, string> => ({
  "deepagents-deleted-by": encodeAuthor(by),
});

/** Provenance as found. A foreign version has none. */
export interface FoundProvenance extends Partial<Provenance> {
  /** Author of the deletion that follows this version. */
  readonly deletedBy?: Author | undefined;
}

/** Decodes user metadata. Ignores what is malformed: another program may have copied or changed it. */
export function decodeProvenance(metadata: Readonly<Record<string, string>> = {}): FoundProvenance {
  const [kind, by, digest, size, deletedBy] = PROVENANCE_NAMES.map((name) => metadata[name]);
  const author = decodeAuthor(by);
  const deleter = decodeAuthor(deletedBy);
  return {
    ...(kind !== undefined && KINDS.includes(kind) && { kind: kind as ChangeKind }),
    ...(author && { by: author }),
    ...(digest && { digest }),
    ...(size && /^\d+$/.test(size) && { size: Number(size) }),
    ...(deleter && { deletedBy: deleter }),
  };
}

/** JSON in ASCII: stores encode or refuse other characters. */
const encodeAuthor = (by: Author): string =>
  JSON.stringify(by).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function decodeAuthor(text: string | undefined): Author | undefined {
  try {
    const parts = Object.entries(JSON.parse(text ?? "{}") as object).filter(
      ([name, value]) => AUTHOR.includes(name) && typeof value === "string",
    );
    return parts.length === 0 ? undefined : (Object.fromEntries(parts) as Author);
  } catch {
    return undefined;
  }
}
