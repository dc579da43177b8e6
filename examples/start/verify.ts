import { json } from "node:stream/consumers";
import { openBackend } from "./backend.js";
import { type Manifest, sha256 } from "./manifest.js";
import { bytes, count, dim, green, printFailure } from "./printing.js";
import { FINAL } from "./report.js";
import { renderTree } from "./tree.js";
import { download, filesBelow } from "./workspace.js";

/** Verifies the database at `DATABASE_URL` against a manifest from standard input. */
async function verify(): Promise<void> {
  const manifest = (await json(process.stdin)) as Manifest;
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("verify.ts needs DATABASE_URL. It is called by npm start.");
  const backend = openBackend(url);
  try {
    const stored = await filesBelow(backend, "/");
    for (const each of renderTree(
      stored.map(({ path, size, modified_at }) => ({ path, size: size ?? 0, modified: modified_at ?? "" })),
    )) {
      console.log(each);
    }

    const there = new Set(stored.map((file) => file.path));
    const expected = Object.keys(manifest.present);
    refuse(
      "missing",
      [...expected, manifest.report].filter((path) => !there.has(path)),
    );
    refuse(
      "not deleted",
      manifest.absent.filter((path) => there.has(path)),
    );
    const contents = await download(backend, expected);
    refuse(
      "changed",
      expected.filter((path) => sha256(contents.get(path)!) !== manifest.present[path]),
    );

    const [report] = (await download(backend, [manifest.report])).values();
    const text = Buffer.from(report!).toString("utf8");
    console.log(`\n${manifest.report}, ${bytes(report!.byteLength)}\n`);
    for (const line of text.trimEnd().split("\n")) console.log(`${dim("│")} ${line}`.trimEnd());
    if (!text.includes(FINAL))
      throw new Error(`${manifest.report} has no "${FINAL}": its edit is not there.`);
    console.log(
      `\n${green("✓")} ${count(expected.length, "file")} there, byte for byte; ${manifest.absent.join(", ")} is gone.`,
    );
  } finally {
    await backend.close();
  }
}

function refuse(what: string, paths: string[]): void {
  if (paths.length === 0) return;
  const some = paths.slice(0, 5).join(", ");
  throw new Error(
    `The database does not hold what was written: ${count(paths.length, "file")} ${what} (${some}).`,
  );
}

await verify().catch(printFailure);
