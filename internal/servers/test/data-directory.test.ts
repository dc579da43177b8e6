import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { chooseDataDirectory } from "../src/data-directory.js";
import { isRoot } from "../src/os/server-user.js";
import { startPostgres } from "../src/postgres/start.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { makeFolder } from "./helpers/folder.js";
import { answers } from "./helpers/server.js";

withCleanEnvironment();

let folder: ReturnType<typeof makeFolder>;
let clone: string;
beforeEach(() => {
  folder = makeFolder();
  clone = join(folder.path, "clone");
  mkdirSync(clone);
});
afterEach(() => {
  chmodSync(folder.path, 0o755);
  chmodSync(clone, 0o755);
  folder.remove();
});

/** Root is stopped by nothing, but its server's user is; others are stopped by a folder that is read-only. */
function closeClone(): void {
  if (isRoot()) chmodSync(folder.path, 0o700);
  else chmodSync(clone, 0o500);
}

describe("chooseDataDirectory", () => {
  it("takes a folder of the clone where the server's user can reach it", () => {
    expect(chooseDataDirectory(clone)).toEqual({
      path: join(clone, ".data", "postgres"),
      reason: "a folder of this clone",
    });
  });

  it("takes a folder of the user, always the same for a clone, where it cannot, and leaves nothing in the clone", () => {
    closeClone();
    const chosen = chooseDataDirectory(clone);
    expect(chosen.path.startsWith(folder.path)).toBe(false);
    expect(chosen.reason).toMatch(/^not in the clone: /);
    expect(chooseDataDirectory(clone)).toEqual(chosen);
    expect(readdirSync(clone)).toEqual([]);
    rmSync(dirname(chosen.path), { recursive: true });
  });

  it("chooses what a server then starts in", async () => {
    closeClone();
    const { path } = chooseDataDirectory(clone);
    const server = await startPostgres({ dataDirectory: path, sources: ["binaries", "embedded"] });
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(existsSync(join(path, "data", "PG_VERSION"))).toBe(true);
    rmSync(dirname(path), { recursive: true });
  });

  it("is right that the clone would not have done", async () => {
    closeClone();
    await expect(
      startPostgres({ dataDirectory: join(clone, ".data"), sources: ["binaries", "embedded"] }),
    ).rejects.toThrow(isRoot() ? /cannot keep its data in .* cannot reach/ : /EACCES/);
  });
});
