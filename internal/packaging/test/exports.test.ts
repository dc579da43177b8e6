import { describe, expect, it } from "@jest/globals";
import { declaredNames } from "./helpers/declared.js";
import { publishedPackages } from "./helpers/packages.js";

const entries = publishedPackages().flatMap((published) =>
  published.entries.map((entry) => [entry, published] as const),
);

/**
 * Names that users import. A name that is new here is a promise, one that is gone breaks users: add a changeset, and
 * update the snapshot by `jest exports -u`.
 */
describe.each(entries)("%s", (entry, published) => {
  it("exports these names", () => expect(declaredNames(published, entry)).toMatchSnapshot());
});
