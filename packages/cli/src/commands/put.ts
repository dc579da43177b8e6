import { lstat, readdir, readFile } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { replaceFile } from "../files/replace.js";
import { fetchIfThere, storeFile } from "../files/transfer.js";
import { absolute, directory } from "../files/walk.js";
import { type Command, DRY_RUN, FORCE, RECURSIVE } from "../support/command.js";
import { CommandError, EXIT } from "../support/exit.js";
import { bytes, printableName } from "../support/printable.js";

interface Source {
  readonly path: string;
  read(): Promise<Uint8Array>;
}

export const put: Command = {
  name: "put",
  summary: "Store local files, or standard input as `-`",
  endsSteps: true,
  operands: ["<local...>", "<path>"],
  options: [FORCE, RECURSIVE, DRY_RUN],
  examples: [
    "put @prod report.md /reports/",
    "date | deepagents-files put @prod - /now.txt --force",
    "put -r @prod ./docs /docs",
  ],
  async run({ io, operands, options, output, open }) {
    if (operands.length < 2)
      throw new CommandError("usage", "Give local files and the path to store them at.");
    const locals = operands.slice(0, -1);
    const target = absolute(operands.at(-1)!);
    if (locals.length > 1 && !target.endsWith("/")) {
      throw new CommandError("usage", `Several files need a directory: ${target}/`);
    }
    const sources: Source[] = [];
    for (const local of locals) sources.push(...(await sourcesOf(local, target, io, options)));
    const { backend } = await open({ writes: !options.dryRun, guarded: true });
    const stored = [];
    for (const { path, read } of sources) {
      io.signal.throwIfAborted();
      const data = await read();
      let outcome = await outcomeOf(backend, path, data, options.force === true);
      if (!options.dryRun && outcome === "replaced") await storeFile(backend, path, data);
      if (!options.dryRun && outcome === "new" && !(await replaceFile(backend, path, data, undefined))) {
        outcome = "exists";
      }
      stored.push({ path, bytes: data.length, outcome });
      if (outcome === "exists") output.note(`${printableName(path)} exists: --force replaces it.`);
      else output.line(`${outcome.padEnd(8)} ${bytes(data.length).padStart(6)}  ${printableName(path)}`);
    }
    if (output.json) output.result({ files: stored, dryRun: options.dryRun === true }, () => "");
    return stored.some(({ outcome }) => outcome === "exists") ? EXIT.conflict : EXIT.ok;
  },
};

type Outcome = "new" | "same" | "replaced" | "exists";

async function outcomeOf(
  backend: BackendProtocolV2,
  path: string,
  data: Uint8Array,
  force: boolean,
): Promise<Outcome> {
  const there = await fetchIfThere(backend, path);
  if (!there) return "new";
  if (Buffer.compare(there, data) === 0) return "same";
  return force ? "replaced" : "exists";
}

async function sourcesOf(
  local: string,
  target: string,
  io: { readonly stdin: Readable; readonly cwd: string },
  { recursive }: Readonly<Record<string, unknown>>,
): Promise<Source[]> {
  if (local === "-") {
    if (target.endsWith("/")) throw new CommandError("usage", "Standard input needs the path of a file.");
    return [{ path: target, read: () => readAll(io.stdin) }];
  }
  const place = resolve(io.cwd, local);
  const found = await lstat(place).catch(() => undefined);
  if (!found) throw new CommandError("missing", `There is no local file ${local}.`);
  if (!found.isDirectory()) {
    const path = target.endsWith("/") ? `${target}${basename(place)}` : target;
    return [{ path, read: () => readFile(place) }];
  }
  if (!recursive) throw new CommandError("usage", `${local} is a directory: give --recursive.`);
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  // Node before 20.12 has only `path`, and later versions only `parentPath`.
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((file) => ({
      path: `${directory(target)}${file.slice(place.length + 1).replaceAll(sep, "/")}`,
      read: () => readFile(file),
    }));
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
