import type { Case } from "./case.js";

/** What usually causes the failure of a case: by its topic, the first two parts of its id, or by its family. */
const CAUSES: Readonly<Record<string, string>> = {};

/** What usually causes a failure of this case. */
export function causeOf({ id, cause }: Pick<Case, "id" | "cause">): string | undefined {
  const [family, topic] = id.split("/");
  return cause ?? CAUSES[`${family}/${topic}`] ?? CAUSES[family ?? ""];
}
