/** `npm run docs` in the root: writes the pages of the conformance suite. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder, pages } from "./pages.js";

await mkdir(folder, { recursive: true });
for (const [name, text] of pages()) await writeFile(join(folder, name), text);
console.log(`${pages().size} pages written to docs/conformance.`);
