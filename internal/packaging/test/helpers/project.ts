import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.js";

/** An empty project outside of the workspace, with the tarballs installed into it as a user's npm does. */
export async function installInto(folder: string, tarballs: readonly string[]): Promise<void> {
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", version: "1.0.0", private: true }),
  );
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  await run(npm, ["install", ...quiet, ...tarballs], folder);
}

/** Exports of a module, as `import` and as `require` see them, each in a Node process of its own. */
export async function exportedNames(
  folder: string,
  entry: string,
  how: "import" | "require",
): Promise<string[]> {
  const load = how === "import" ? `await import(${quote(entry)})` : `require(${quote(entry)})`;
  const file = join(folder, `names-${how}.${how === "import" ? "mjs" : "cjs"}`);
  writeFileSync(file, `console.log(JSON.stringify(Object.keys(${load}).sort()));\n`);
  return JSON.parse(await run(process.execPath, [file], folder)) as string[];
}

function quote(text: string): string {
  return JSON.stringify(text);
}
