import { fileURLToPath } from "node:url";
import { allCases, FAMILIES, STORE_FAMILIES, storeCases } from "@deepagents-remote/core/conformance";
import { familyPage } from "./family-page.js";
import { indexPage } from "./index-page.js";
import { storesPage } from "./stores-page.js";

/** Where the pages lie. */
export const folder = fileURLToPath(new URL("../../../docs/conformance/", import.meta.url));

/** The pages by file name. */
export function pages(): ReadonlyMap<string, string> {
  const families = Object.entries(FAMILIES).map(([name, family]): [string, string] => [
    `${name}.md`,
    familyPage(
      name,
      family,
      allCases.filter(({ id }) => id.startsWith(`${name}/`)),
    ),
  ]);
  return new Map([
    ["README.md", indexPage(FAMILIES, allCases)],
    ["stores.md", storesPage(STORE_FAMILIES, storeCases)],
    ...families,
  ]);
}
