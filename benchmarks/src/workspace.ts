import type { PostgresBackend } from "@deepagents-remote/backend-postgres";

const WORDS =
  "const function return import export class interface value result error async await promise".split(" ");

/** Fills a backend with typical source files, the same in every run; one of them contains a rare word. */
export async function fill(
  backend: PostgresBackend,
  directory: string,
  files: number,
  lines: number,
): Promise<void> {
  const line = (i: number, l: number) =>
    Array.from({ length: 7 }, (_, w) => WORDS[(i * 7 + l * 5 + w * w) % 13]).join(" ");
  const text = (i: number) =>
    `${Array.from({ length: lines }, (_, l) => line(i, l)).join("\n")}\n${i === files >> 1 ? "extraordinary\n" : ""}`;
  for (let start = 0; start < files; start += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, files - start) }, (_, k): [string, Uint8Array] => [
      `${directory}/d${(start + k) % 20}/f${start + k}.ts`,
      Buffer.from(text(start + k)),
    ]);
    const failed = (await backend.uploadFiles(batch)).find(({ error }) => error !== null);
    if (failed) throw new Error(`${failed.path}: ${failed.message}`);
    const stored = start + batch.length;
    if (stored % 10_000 === 0) console.log(`${directory}: ${stored} of ${files} files`);
  }
}
