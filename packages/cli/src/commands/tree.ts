import type { BackendProtocolV2, FileInfo } from "@deepagents-remote/core";
import { viewAt } from "../files/point.js";
import { baseName, directory, isDirectory, list } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { CommandError } from "../support/exit.js";
import { printableName, sizeOf } from "../support/printable.js";

interface Node extends Pick<FileInfo, "path" | "size" | "stored_size"> {
  readonly children?: readonly Node[];
}

export const tree: Command = {
  name: "tree",
  summary: "Show a directory with everything below it",
  operands: ["[path]"],
  options: [["-d, --depth <n>", "maximum depth"], AT],
  examples: ["tree @prod", "tree @prod /reports --depth 2"],
  async run({ operands, options, output, open }) {
    const depth = options.depth === undefined ? Number.POSITIVE_INFINITY : Number(options.depth);
    if (!(depth >= 1)) throw new CommandError("usage", "--depth takes a whole number from 1.");
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const root = directory(operands[0] ?? "/");
    const children = await nodesBelow(backend, root, depth);
    output.result({ path: root, children }, () => {
      const [directories, files] = count(children);
      const lines = [root, ...draw(children, "", output.colors.blue)];
      return `${lines.join("\n")}\n\n${directories} directories, ${files} files\n`;
    });
    return undefined;
  },
};

async function nodesBelow(backend: BackendProtocolV2, path: string, depth: number): Promise<Node[]> {
  const nodes: Node[] = [];
  for (const entry of await list(backend, path)) {
    if (!isDirectory(entry)) nodes.push(entry);
    else if (depth === 1) nodes.push({ path: entry.path, children: [] });
    else nodes.push({ path: entry.path, children: await nodesBelow(backend, entry.path, depth - 1) });
  }
  return nodes;
}

function draw(nodes: readonly Node[], indent: string, color: (text: string) => string): string[] {
  return nodes.flatMap((node, i) => {
    const { path, children } = node;
    const isLast = i === nodes.length - 1;
    const name = printableName(baseName(path));
    const line = `${indent}${isLast ? "└── " : "├── "}`;
    if (!children) return [`${line}${name}  ${sizeOf(node)}`];
    return [`${line}${color(`${name}/`)}`, ...draw(children, `${indent}${isLast ? "    " : "│   "}`, color)];
  });
}

/** Returns the numbers of directories and files. */
function count(nodes: readonly Node[]): [directories: number, files: number] {
  let [directories, files] = [0, 0];
  for (const { children } of nodes) {
    if (!children) files += 1;
    else {
      const [inner, innerFiles] = count(children);
      directories += 1 + inner;
      files += innerFiles;
    }
  }
  return [directories, files];
}
