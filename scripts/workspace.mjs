import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { env, pnpmCommand, root, turbo } from "./pnpm.mjs";
import { step } from "./process.mjs";

const stamp = join(root, "node_modules", ".cache", "deepagents-remote", "installed");

/** Installs from the lockfile, unless lockfile and manifests are unchanged. */
export async function install() {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint()) return;
  const [program, parameters, options] = pnpmCommand(["install", "--frozen-lockfile"]);
  // Otherwise pnpm would prompt before it replaces a node_modules of another layout.
  const asked = { cwd: root, env: { ...env, npm_config_confirm_modules_purge: "false" } };
  await step("Installing dependencies", program, parameters, { ...asked, ...options });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint());
}

/** Builds packages that changed. */
export async function build() {
  await step("Building", process.execPath, [turbo, "run", "build", "--output-logs=errors-only"], {
    cwd: root,
    env,
  });
}

/** Returns name, folder and scripts of every package. */
export const packages = () =>
  foldersWithManifest().map((path) => {
    const { name, scripts = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    return { name, path, scripts };
  });

/** Computes a fingerprint of everything that `pnpm install` depends on, and of whether its output still exists. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const name of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"])
    add(hash, join(root, name));
  for (const folder of foldersWithManifest()) {
    add(hash, join(folder, "package.json"));
    hash.update(existsSync(join(folder, "node_modules")) ? "installed" : "bare");
  }
  return hash.digest("hex");
}

function add(hash, file) {
  hash.update(`\n${file}\n`).update(existsSync(file) ? readFileSync(file) : "");
}

function foldersWithManifest() {
  const below = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
      .map((entry) => join(folder, entry.name));
  return below(root)
    .flatMap((folder) => [folder, ...below(folder)])
    .filter((folder) => existsSync(join(folder, "package.json")))
    .sort();
}
