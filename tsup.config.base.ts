import { rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import type { Options } from "tsup";

const OUTPUT = "dist";

/**
 * tsup configuration of a published package: ES modules with source maps, which hold the sources, and the same files as
 * CommonJS. Code that two entry points share is in a file of its own in both formats, so that each class exists once.
 * @param entry Source files by the name of their output.
 * @param programs More of them, as ES modules without types.
 */
export function publishedPackage(
  entry: Record<string, string>,
  programs: Record<string, string> = {},
): Options[] {
  // Not tsup's `clean`: the two builds run at the same time.
  rmSync(OUTPUT, { recursive: true, force: true });
  return [
    {
      entry: { ...entry, ...programs },
      format: "esm",
      target: "node20",
      sourcemap: true,
      // There is no module `test` without it.
      removeNodeProtocol: false,
      onSuccess: () => writeCommonJs(Object.keys(programs).map((name) => `${name}.js`)),
    },
    { entry, format: ["esm", "cjs"], dts: { only: true } },
  ];
}

/** Translates file by file, which tsup's own splitting of CommonJS does too, but not without losing `import()`. */
async function writeCommonJs(except: readonly string[]): Promise<void> {
  const files = (await readdir(OUTPUT, { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of files.filter((name) => !except.includes(name))) {
    const source = await readFile(join(OUTPUT, name), "utf8");
    const { code } = await transform(source, { format: "cjs", platform: "node", target: "node20" });
    const linked = code
      .replace(/\b(require|import)\("(\.\.?\/[^"]+)\.js"\)/g, '$1("$2.cjs")')
      .replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
    await writeFile(join(OUTPUT, name.replace(/\.js$/, ".cjs")), linked);
  }
}
