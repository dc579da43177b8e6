import { VERSION } from "../support/version.js";

/**
 * The edition of the suite: the major and minor version of this package. Cases are added and made stricter with a new
 * edition only. Who names an edition in the options is warned by newer cases, not failed.
 */
export const EDITION = VERSION.split(".").slice(0, 2).join(".");

const FIRST = "0.1";

const numbers = (edition: string): readonly [number, number] => {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(edition) ?? [];
  return [Number(major), Number(minor)];
};

/** Whether a case that came with the edition `since` is newer than `edition`. */
export function isNewerThan(edition: string, since: string = FIRST): boolean {
  const [a, b] = [numbers(since), numbers(edition)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** @throws Error for what is no edition, or one that this version of the package does not know yet. */
export function checkEdition(edition: string): void {
  const [major] = numbers(edition);
  if (Number.isNaN(major) || isNewerThan(EDITION, edition) || isNewerThan(edition, FIRST)) {
    throw new Error(
      `There is no edition ${edition} of the suite here; give one from "${FIRST}" to "${EDITION}".`,
    );
  }
}
