import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./pnpm.mjs";
import { step } from "./process.mjs";

const stamp = join(root, "node_modules", ".cache", "deepagents-remote", "installed");

/** Installs from the lockfile, unless lockfile and manifests are those of the last time. */
export async function install(pnpm) {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint()) return;
  await step("Installing dependencies", process.execPath, [pnpm.program, "install", "--frozen-lockfile"], {
    cwd: root,
    // pnpm asks before it replaces a node_modules of another layout; nobody is there to answer.
    env: { ...pnpm.env, npm_config_confirm_modules_purge: "false" },
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint());
  pnpm.remember();
}

/** Builds what changed. */
export async function build(pnpm) {
  await step("Building", process.execPath, [pnpm.turbo, "run", "build", "--output-logs=errors-only"], {
    cwd: root,
    env: pnpm.env,
  });
}

/** Name, folder and scripts of every package of the workspace. */
export async function packagesOf(pnpm) {
  const parameters = [pnpm.program, "list", "--recursive", "--depth=-1", "--json"];
  const text = await step("Looking for tests", process.execPath, parameters, { cwd: root, env: pnpm.env });
  return JSON.parse(text.slice(text.indexOf("[")))
    .filter((each) => each.path !== root.replace(/[/\\]$/, ""))
    .map(({ name, path }) => ({ name, path, scripts: manifestOf(path).scripts ?? {} }));
}

function manifestOf(path) {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
}

/** Everything that `pnpm install` depends on, and whether what it makes is still there. */
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
