import {
  causeOf,
  type Family,
  STORE_CAPABILITIES,
  type StoreCase,
} from "@deepagents-remote/core/conformance";
import { byTopic, tried } from "./family-page.js";
import { GENERATED, table } from "./markdown.js";

/** The page of the suite about stores. */
export function storesPage(families: Readonly<Record<string, Family>>, cases: readonly StoreCase[]): string {
  const sections = Object.entries(families).flatMap(([name, { about }]) => {
    const own = cases.filter(({ id }) => id.startsWith(`${name}/`));
    const topics = [...byTopic(own)].map(([topic, some]) => {
      const rows = some.map((one) => [`\`${one.id}\``, tried(one), one.rule]);
      return `### ${topic}\n\n*Usual cause of a failure:* ${causeOf(some[0]!, families)}\n\n${table(["case", "tried", "rule"], rows)}`;
    });
    return [`## \`${name}/\``, about, ...topics];
  });
  return `${[
    GENERATED,
    "# The suite about stores",
    `${cases.length} cases about a \`FileStore\` by itself, which \`defineStoreTests\` and \`runStoreConformance\` try. All rules are those of the interface's doc comments.`,
    table(
      ["capability", "meaning"],
      Object.entries(STORE_CAPABILITIES).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    ...sections,
  ].join("\n\n")}\n`;
}
