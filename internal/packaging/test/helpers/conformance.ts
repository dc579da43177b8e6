import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The rule that `broken` breaks. */
export const BROKEN_RULE = "`$&` in the new text is text, not a reference to what was found.";

/** The reason why some of the cases of {@link writeTest} are not tried. */
export const NOT_TRIED = "fileAndDirectory not promised";

/** Writes modules for the command line: a good backend, a broken one, and one that waits for Ctrl-C in the third case. */
export function writeBackends(folder: string): void {
  const good = `import { MemoryBackend } from "@deepagents-remote/core";
console.log("a backend that talks");
export const create = () => new MemoryBackend();
export const capabilities = { ownRoot: true, processes: false };
export const scale = 0.1;
`;
  writeFileSync(join(folder, "good.mjs"), good);
  writeFileSync(join(folder, "broken.mjs"), good.replace("new MemoryBackend()", "new Broken()") + BROKEN);
  const waits = `async () => {
  // One is made before the first case.
  if (++made === 4) {
    const alive = setInterval(() => {}, 1_000);
    console.log("that of the third case is made");
    await new Promise((resolve) => process.once("SIGINT", resolve));
    clearInterval(alive);
  }
  return new MemoryBackend();
};
let made = 0`;
  writeFileSync(join(folder, "waits.mjs"), good.replace("() => new MemoryBackend()", waits));
}

/** `String.replace` reads \`$&\` in the new text. */
const BROKEN = `class Broken extends MemoryBackend {
  async edit(path, from, to) {
    const { data } = await this.readRaw(path);
    await this.uploadFiles([[path, new TextEncoder().encode(data.content.replace(from, to))]]);
    return { path, filesUpdate: null, occurrences: 1 };
  }
}
`;

/** Writes a test file for a runner, which tries a few cases. */
export function writeTest(folder: string, file: string, entry: string, backend: "good" | "broken"): void {
  const load = (names: string, from: string) =>
    /\.c[jt]s$/.test(file)
      ? `const { ${names} } = require("${from}");\n`
      : `import { ${names} } from "${from}";\n`;
  const own = backend === "good" ? "MemoryBackend" : "Broken";
  writeFileSync(
    join(folder, file),
    `${load("defineBackendTests, defineStoreTests", `@deepagents-remote/core/conformance/${entry}`)}${load(
      "MemoryBackend",
      "@deepagents-remote/core",
    )}${load("MemoryFileStore", "@deepagents-remote/core/adapter")}${backend === "good" ? "" : BROKEN}
defineBackendTests({
  name: "${own}",
  create: () => new ${own}(),
  capabilities: { ownRoot: true },
  only: ["edit/literal/", "path-conflicts/allowed/"],
});
defineStoreTests({ name: "MemoryFileStore", create: () => new MemoryFileStore(), only: ["get/"] });
`,
  );
}
