import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** An npm package and the version of it that is installed. It must export its `package.json`. */
export function installed(name: string): { readonly package: string; readonly version: string } {
  const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
    version: string;
  };
  return { package: name, version };
}
