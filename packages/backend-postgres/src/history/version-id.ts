import type { Snapshot, VersionId } from "@deepagents-remote/core/adapter";

/** Place of a change in the order of all changes of the table. Both parts are decimal integers. */
export interface Place {
  /** Transaction id plus the offset of the table. */
  readonly tx: string;
  /** Number of the version. */
  readonly id: string;
}

/** Expression for the id of an entry. */
export const versionId = (entry: string) => `${entry}.changed_tx || '.' || ${entry}.version_id`;

/** Returns the place of a version; `undefined` for what is no id of ours. */
export function placeOf(id: VersionId): Place | undefined {
  // Longer numbers are out of the range of BIGINT.
  const [, tx, number] = /^(\d{1,18})\.(\d{1,18})$/.exec(id) ?? [];
  return tx !== undefined && number !== undefined ? { tx, id: number } : undefined;
}

/** Time, without what transactions that were then open made, or later ones. */
interface Time {
  /** Microseconds since 1970; changes at that time are later. */
  readonly us: string;
  /** First transaction whose changes are later, plus the offset of the table. */
  readonly openTx: string;
}

/** Resolved point in time: directly after a place in the order of changes, or a time. */
export type Moment = Place | Time;

export const snapshotOf = (moment: Moment): Snapshot =>
  "us" in moment ? `t${moment.us}.${moment.openTx}` : `v${moment.tx}.${moment.id}`;

/** Reads a snapshot that `snapshotOf` made. */
export function momentOf(snapshot: Snapshot): Moment {
  const [first, second] = snapshot.slice(1).split(".") as [string, string];
  return snapshot.startsWith("t") ? { us: first, openTx: second } : { tx: first, id: second };
}

/** Conditions on a row `f` of entries, and their parameters. */
export interface MomentConditions {
  /** True if the entry was made at the moment or before. */
  readonly isMade: string;
  /** True if it was made later. Not written as a negation, which no index helps with. */
  readonly isLater: string;
  /** True if the version had not been replaced or deleted at the moment. */
  readonly isKept: string;
  readonly parameters: readonly string[];
}

/** @param first Number of the first parameter. */
export function momentConditions(moment: Moment, first: number): MomentConditions {
  if ("us" in moment) {
    const time = `('epoch'::timestamptz + $${first}::text::bigint * interval '1 microsecond')`;
    const openTx = `$${first + 1}::text::bigint`;
    return {
      isMade: `(f.version_id = 0 OR f.changed_at < ${time} AND f.changed_tx < ${openTx})`,
      isLater: `f.version_id > 0 AND (f.changed_at >= ${time} OR f.changed_tx >= ${openTx})`,
      isKept: `(f.ended_at IS NULL OR f.ended_at >= ${time} OR f.ended_tx >= ${openTx})`,
      parameters: [moment.us, moment.openTx],
    };
  }
  const place = `($${first}::text::bigint, $${first + 1}::text::bigint)`;
  return {
    isMade: `(f.changed_tx, f.version_id) <= ${place}`,
    isLater: `(f.changed_tx, f.version_id) > ${place}`,
    isKept: `(f.ended_id IS NULL OR (f.ended_tx, f.ended_id) > ${place})`,
    parameters: [moment.tx, moment.id],
  };
}
