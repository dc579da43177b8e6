import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  license?: string;
  sideEffects?: boolean;
  engines?: Record<string, string>;
  exports: Record<string, unknown>;
  dependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** Published packages: every folder of `packages/` that is not private. */
export interface PublishedPackage {
  folder: string;
  manifest: Manifest;
  /** Specifiers that users import: the name, and the name with each subpath. */
  entries: string[];
}

const packagesFolder = fileURLToPath(new URL("../../../../packages", import.meta.url));

export function publishedPackages(): PublishedPackage[] {
  return readdirSync(packagesFolder)
    .map((name) => join(packagesFolder, name))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map((each) => ({ ...each, entries: entriesOf(each.manifest) }));
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function entriesOf(manifest: Manifest): string[] {
  return Object.keys(manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => manifest.name + path.slice(1));
}
