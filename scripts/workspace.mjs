import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env, pnpmCommand, root, turbo } from "./pnpm.mjs";
import { step } from "./process.mjs";

/** Installs from the lockfile. pnpm itself sees in a second that nothing has changed (`optimisticRepeatInstall`). */
export async function install() {
  const [program, parameters, options] = pnpmCommand(["install", "--frozen-lockfile"]);
  // Otherwise pnpm would prompt before it replaces a node_modules of another layout.
  const asked = { cwd: root, env: { ...env, npm_config_confirm_modules_purge: "false" } };
  await step("Bringing dependencies up to date", program, parameters, { ...asked, ...options });
}

/** Builds packages that changed. */
export async function build() {
  await step("Building", process.execPath, [turbo, "run", "build", "--output-logs=errors-only"], {
    cwd: root,
    env,
  });
}

/** Returns name, folder and scripts of every package. */
export function packages() {
  const subfolders = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
      .map((entry) => join(folder, entry.name));
  return subfolders(root)
    .flatMap((folder) => [folder, ...subfolders(folder)])
    .filter((folder) => existsSync(join(folder, "package.json")))
    .sort()
    .map((path) => {
      const { name, scripts = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
      return { name, path, scripts };
    });
}
