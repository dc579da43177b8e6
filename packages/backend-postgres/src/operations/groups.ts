import { type Change, directoriesOf, type Key } from "@deepagents-remote/core/adapter";
import { isLarge } from "../connection/large-parameters.js";

/** Maximum number of files in one statement. */
const MAX_FILES = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;

interface Group {
  readonly changes: Change[];
  readonly keys: Set<Key>;
  bytes: number;
}

/**
 * Groups changes into statements: creations together, overwrites together, conditional changes and large files one by
 * one. A file and its descendants go into different statements, because a statement does not see its own rows.
 */
export function groupChanges(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Group[] = [];
  for (const change of changes) {
    // Characters instead of bytes for a text, because counting bytes is slow.
    const bytes = change.content.length;
    let group = groups.at(-1);
    if (!group || !fits(group, change, bytes)) {
      group = { changes: [], keys: new Set(), bytes: 0 };
      groups.push(group);
    }
    group.changes.push(change);
    group.keys.add(change.key);
    group.bytes += bytes;
  }
  return groups.map((group) => group.changes);
}

function fits(group: Group, { key, condition }: Change, bytes: number): boolean {
  return (
    typeof condition === "string" &&
    condition === group.changes[0]?.condition &&
    group.changes.length < MAX_FILES &&
    !isLarge(bytes) &&
    (group.changes.length > 1 || !isLarge(group.bytes)) &&
    group.bytes + bytes <= MAX_BYTES &&
    !directoriesOf(key).some((directory) => group.keys.has(directory))
  );
}
