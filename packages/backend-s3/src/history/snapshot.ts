import { compareCodePoints, type Key, type Snapshot } from "@deepagents-remote/core/adapter";
import type { ObjectVersion } from "../requests/list-versions.js";

/** Place directly before or after a version, in the order of the versions of its key. */
interface Place {
  readonly key: Key;
  readonly versionId: string;
  readonly side: "before" | "after";
}

/** Resolved point in time: a time, with all its changes but those that places and `upTo` exclude. */
export interface Point {
  readonly ms: number;
  /** Points in the order of one key each; times of S3 are too coarse for that. */
  readonly places?: readonly Place[];
  /** Key before which changes at exactly that time are included, for keys without a place. */
  readonly upTo?: Key | undefined;
}

export const encodePoint = (point: Point): Snapshot => JSON.stringify(point);

export const decodePoint = (snapshot: Snapshot): Point => JSON.parse(snapshot) as Point;

/** Returns the point directly after a version. Changes of one time are ordered by key. */
export const pointAfter = ({ at, key, versionId }: ObjectVersion): Point => ({
  ms: at.getTime(),
  places: [{ key, versionId, side: "after" }],
  upTo: key,
});

/** Returns the point directly before several versions of one time, and after all other changes of that time. */
export const pointBefore = (versions: readonly ObjectVersion[]): Point => ({
  ms: versions[0]!.at.getTime(),
  places: versions.map(({ key, versionId }) => ({ key, versionId, side: "before" })),
});

/** Returns a test for the versions of one key, to be called newest first: true if a version is not after the point. */
export function isWithin({ ms, places, upTo }: Point, key: Key): (version: ObjectVersion) => boolean {
  const place = places?.find((each) => each.key === key);
  if (place === undefined) {
    const isEarlier = upTo === undefined || compareCodePoints(key, upTo) < 0;
    return ({ at }) => at.getTime() < ms || (at.getTime() === ms && isEarlier);
  }
  let isPast = false;
  return ({ versionId, at }) => {
    if (isPast) return true;
    isPast = versionId === place.versionId && at.getTime() === ms;
    // The version itself may have been erased since.
    return isPast ? place.side === "after" : at.getTime() < ms;
  };
}
