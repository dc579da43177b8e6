import { readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Finds the JavaScript program behind the `pnpm` command of that version on a PATH. */
export function findOnPath(path, version) {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const places = [
      join(directory, "pnpm"),
      join(directory, "..", "pnpm", "bin", "pnpm.cjs"),
      join(directory, "node_modules", "pnpm", "bin", "pnpm.cjs"),
    ];
    for (const place of places) {
      const program = programAt(place, version);
      if (program) return { program, directory };
    }
  }
  return undefined;
}

/** A shell wrapper or another version answers undefined. */
function programAt(place, version) {
  try {
    const program = realpathSync(place);
    const manifest = JSON.parse(readFileSync(join(dirname(dirname(program)), "package.json"), "utf8"));
    return program.endsWith(".cjs") && manifest.name === "pnpm" && manifest.version === version
      ? program
      : undefined;
  } catch {
    return undefined;
  }
}

/** npx puts what it fetched on the PATH of what it runs, which is this file. */
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = findOnPath(process.env.PATH ?? "", process.argv[2]);
  if (!found) throw new Error(`npx did not bring pnpm ${process.argv[2]}`);
  console.log(JSON.stringify(found));
}
