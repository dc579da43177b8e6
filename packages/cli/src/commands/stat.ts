import { createHash } from "node:crypto";
import { viewAt } from "../files/point.js";
import { fetchFile } from "../files/transfer.js";
import { expand, locate, walk } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { succeeded } from "../support/exit.js";
import { printableName } from "../support/printable.js";

export const stat: Command = {
  name: "stat",
  summary: "Show size, times, type and SHA-256 of files",
  operands: ["<path...>"],
  options: [AT],
  examples: ["stat @prod /notes.md"],
  async run({ operands, options, output, open }) {
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const facts: Record<string, unknown>[] = [];
    for (const operand of operands) {
      for (const path of await expand(backend, operand)) {
        const found = await locate(backend, path);
        if (found.file) {
          const data = await fetchFile(backend, found.file.path);
          const { data: raw } = succeeded(await backend.readRaw(found.file.path));
          facts.push({
            path: found.file.path,
            size: data.length,
            created: raw?.created_at,
            modified: raw?.modified_at,
            type: raw && "mimeType" in raw ? raw.mimeType : "text/plain",
            sha256: createHash("sha256").update(data).digest("hex"),
          });
        }
        if (found.directory) {
          let files = 0;
          for await (const _ of walk(backend, found.directory.path)) files += 1;
          facts.push({ path: found.directory.path, type: "directory", files });
        }
      }
    }
    output.result(facts, () =>
      facts
        .map((fact) =>
          Object.entries(fact)
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => `${output.colors.dim(name.padEnd(9))} ${printableName(String(value))}\n`)
            .join(""),
        )
        .join("\n"),
    );
    return undefined;
  },
};
