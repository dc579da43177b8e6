import { VERSION } from "../support/version.js";

/**
 * Edition of the suite: the major and minor version of this package. Cases are added and made stricter only in a new
 * edition. If the options name an edition, failures of newer cases are warnings.
 */
export const EDITION = VERSION.split(".").slice(0, 2).join(".");

const FIRST = "0.1";

const numbers = (edition: string): readonly [number, number] => {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(edition) ?? [];
  return [Number(major), Number(minor)];
};

/** True if a case added by the edition `since` is newer than `edition`. */
export function isNewerThan(edition: string, since: string = FIRST): boolean {
  const [a, b] = [numbers(since), numbers(edition)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** @throws Error for an invalid edition, or one that this version of the package does not know yet. */
export function checkEdition(edition: string): void {
  const [major] = numbers(edition);
  if (Number.isNaN(major) || isNewerThan(EDITION, edition) || isNewerThan(edition, FIRST)) {
    throw new Error(
      `This version of the suite has no edition ${edition}; give one from "${FIRST}" to "${EDITION}".`,
    );
  }
}
