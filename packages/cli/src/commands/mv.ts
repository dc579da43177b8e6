import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { replaceFile } from "../files/replace.js";
import { fetchFile, fetchIfThere, remove, storeFile } from "../files/transfer.js";
import { absolute, baseName, directory, exists, expand, locate, walk } from "../files/walk.js";
import { type Command, type Context, DRY_RUN, FORCE, RECURSIVE } from "../support/command.js";
import { CommandError } from "../support/exit.js";
import { printableName } from "../support/printable.js";

export const mv: Command = {
  name: "mv",
  summary: "Rename files within a workspace: each is copied, verified and deleted",
  endsSteps: true,
  operands: ["<path...>", "<target>"],
  options: [FORCE, RECURSIVE, DRY_RUN],
  examples: ["mv @prod /draft.md /final.md", "mv -r @prod /2025 /archive/"],
  run: (context) => transfer(context, true),
};

export const cp: Command = {
  name: "cp",
  summary: "Copy files within a workspace",
  endsSteps: true,
  operands: ["<path...>", "<target>"],
  options: [FORCE, RECURSIVE, DRY_RUN],
  examples: ["cp @prod /a.md /b.md", "cp -r @prod /template /projects/new"],
  run: (context) => transfer(context, false),
};

async function transfer({ io, operands, options, output, open }: Context, moves: boolean) {
  if (operands.length < 2) throw new CommandError("usage", "Give the paths of files, and the target.");
  const { backend } = await open({ writes: !options.dryRun, guarded: true });
  const target = absolute(operands.at(-1)!);
  const paths = (await Promise.all(operands.slice(0, -1).map((each) => expand(backend, each)))).flat();
  const into = target.endsWith("/") || (await isDirectory(backend, target));
  if (paths.length > 1 && !into)
    throw new CommandError("usage", `Several files need a directory: ${target}/`);
  const pairs: [from: string, to: string][] = [];
  for (const path of paths) {
    pairs.push(...(await pairsOf(backend, path, target, into, options.recursive === true)));
  }
  for (const [from, to] of pairs) {
    if (from === to) throw new CommandError("usage", `${from} would be its own target.`);
  }
  if (!options.force) {
    for (const [, to] of pairs) {
      if ((await fetchIfThere(backend, to)) !== undefined) {
        throw new CommandError("conflict", `${to} exists: --force replaces it.`);
      }
    }
  }
  const done = [];
  for (const [from, to] of pairs) {
    io.signal.throwIfAborted();
    if (!options.dryRun) await transferFile(backend, from, to, moves, options.force === true);
    done.push({ from, to });
    output.line(`${printableName(from)} -> ${printableName(to)}`);
  }
  if (output.json) output.result({ files: done, dryRun: options.dryRun === true }, () => "");
  return undefined;
}

async function pairsOf(
  backend: BackendProtocolV2,
  path: string,
  target: string,
  into: boolean,
  recursive: boolean,
): Promise<[string, string][]> {
  const found = await locate(backend, path);
  const name = baseName(path);
  if (found.file && !recursive) return [[path, into ? `${directory(target)}${name}` : target]];
  if (!recursive) throw new CommandError("usage", `${path} is a directory: give --recursive.`);
  const pairs: [string, string][] = [];
  const root = directory(path);
  const base = into ? `${directory(target)}${name}/` : directory(target);
  if (base.startsWith(root)) throw new CommandError("usage", `${target} lies within ${path}.`);
  if (found.file) pairs.push([path, base.slice(0, -1)]);
  if (found.directory) {
    for await (const file of walk(backend, root))
      pairs.push([file.path, base + file.path.slice(root.length)]);
  }
  return pairs;
}

/** Copies a file, and deletes the original only if it and the copy still have the content that was copied. */
async function transferFile(
  backend: BackendProtocolV2,
  from: string,
  to: string,
  moves: boolean,
  force: boolean,
): Promise<void> {
  const data = await fetchFile(backend, from);
  if (force) await storeFile(backend, to, data);
  else if (!(await replaceFile(backend, to, data, undefined))) {
    throw new CommandError("conflict", `${to} was created concurrently: --force replaces it.`);
  }
  if (!moves) return;
  const [copy, original] = await Promise.all([fetchFile(backend, to), fetchFile(backend, from)]);
  if (Buffer.compare(copy, data) !== 0 || Buffer.compare(original, data) !== 0) {
    throw new CommandError("conflict", `${from} or ${to} was changed concurrently: both are kept.`);
  }
  await remove(backend, from);
}

async function isDirectory(backend: BackendProtocolV2, path: string): Promise<boolean> {
  if (!(await exists(backend, path))) return false;
  return (await locate(backend, path)).directory !== undefined;
}
