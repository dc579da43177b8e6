#!/usr/bin/env node
/** Rejects a release of packages whose manifests lack repository metadata, which provenance requires. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./pnpm.mjs";

const FIELDS = ["repository", "homepage", "bugs"];

/** Returns one sentence for each package that cannot be published. */
export function releaseProblems(manifests) {
  return manifests.flatMap((manifest) => {
    const missing = FIELDS.filter((field) => !manifest[field]);
    return missing.length > 0 ? [`${manifest.name} has no ${missing.join(", ")} in its package.json`] : [];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const packages = join(root, "packages");
  const manifests = readdirSync(packages).map((name) =>
    JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")),
  );
  const problems = releaseProblems(manifests);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
