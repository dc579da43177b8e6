import { viewAt } from "../files/point.js";
import { fetchFile } from "../files/transfer.js";
import { expand } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";

export const cat: Command = {
  name: "cat",
  summary: "Print files",
  operands: ["<path...>"],
  options: [AT],
  examples: ["cat @prod /notes.md", "cat @prod '/logs/*.txt' | less", "cat @prod /notes.md --at 2h"],
  async run({ operands, options, output, open }) {
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const files = [];
    for (const operand of operands) {
      for (const path of await expand(backend, operand)) {
        const data = await fetchFile(backend, path);
        if (output.json) files.push({ path, ...jsonContent(data) });
        else output.content(data);
      }
    }
    if (output.json) output.result(files, () => "");
    return undefined;
  },
};

/** Returns text as it is, and other bytes in base64. */
function jsonContent(data: Uint8Array): { content: string } | { base64: string } {
  try {
    return { content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data) };
  } catch {
    return { base64: Buffer.from(data).toString("base64") };
  }
}
