import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Returns an npm package with its installed version. The package must export its `package.json`. */
export function installed(name: string): { readonly package: string; readonly version: string } {
  const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
    version: string;
  };
  return { package: name, version };
}
