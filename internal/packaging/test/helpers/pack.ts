import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pnpm } from "../../../../scripts/pnpm.mjs";
import type { PublishedPackage } from "./packages.js";
import { run, runScript } from "./run.js";

/** A tarball as it would be published, and the files in it. */
export interface Tarball {
  path: string;
  files: string[];
}

/** Packs with pnpm, which puts versions in the place of `workspace:`, as a release does. */
export async function pack(published: PublishedPackage, folder: string): Promise<Tarball> {
  const own = join(folder, published.manifest.name.replace(/[@/]/g, "-"));
  mkdirSync(own);
  await runScript(pnpm, ["pack", "--pack-destination", own], published.folder);
  const [name] = readdirSync(own).filter((each) => each.endsWith(".tgz"));
  const path = join(own, name!);
  const list = await run("tar", ["-tzf", path], own);
  const files = list.split(/\r?\n/).filter(Boolean);
  return { path, files: files.map((file) => file.replace(/^package\//, "")).sort() };
}
