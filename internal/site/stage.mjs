/** Copies the pages of the repository to `pages/`, under the same paths: Vue is only found from inside of this package. */
import { cpSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const pages = new URL("pages/", import.meta.url);
const packages = readdirSync(new URL("packages/", root)).map((name) => `packages/${name}/README.md`);

rmSync(pages, { recursive: true, force: true });
for (const path of [
  "docs",
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CODE_OF_CONDUCT.md",
  ...packages,
]) {
  cpSync(fileURLToPath(new URL(path, root)), fileURLToPath(new URL(path, pages)), { recursive: true });
}
