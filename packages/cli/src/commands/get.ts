import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { localPlace, writeLocal } from "../files/local.js";
import { viewAt } from "../files/point.js";
import { fetchFile } from "../files/transfer.js";
import { absolute, baseName, filesAt, locate } from "../files/walk.js";
import { AT, type Command, DRY_RUN, FORCE, RECURSIVE } from "../support/command.js";
import { CommandError, EXIT } from "../support/exit.js";
import { bytes, printableName } from "../support/printable.js";

export const get: Command = {
  name: "get",
  summary: "Fetch a file or directory into the local file system",
  endsSteps: true,
  operands: ["<path>", "[local]"],
  options: [FORCE, RECURSIVE, AT, DRY_RUN],
  examples: ["get @prod /report.pdf", "get @prod /report.pdf ~/Desktop/", "get -r @prod /reports ./reports"],
  async run({ io, operands, options, output, open }) {
    const path = absolute(operands[0]!);
    const local = operands[1] ?? ".";
    const place = resolve(io.cwd, local);
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const found = await locate(backend, path);
    if (!found.file && !options.recursive) {
      throw new CommandError("usage", `${path} is a directory: give --recursive.`);
    }
    const targets: { path: string; folder: string; place: string }[] = [];
    if (found.file && !options.recursive) {
      const name = baseName(path);
      const isFolder = /[/\\]$/.test(local) || (await isDirectory(place));
      const target = isFolder ? localPlace(place, name) : place;
      targets.push({ path, folder: dirname(target), place: target });
    } else {
      const root = found.directory?.path ?? path;
      // Without a local name, a directory keeps its own.
      const folder = operands[1] === undefined && root !== "/" ? join(place, basename(root)) : place;
      for (const file of await filesAt(backend, root)) {
        targets.push({ path: file.path, folder, place: localPlace(folder, file.path.slice(root.length)) });
      }
    }
    const files = [];
    for (const target of targets) {
      io.signal.throwIfAborted();
      const isThere = await stat(target.place).then(
        () => true,
        () => false,
      );
      const outcome = isThere ? (options.force ? "replaced" : "exists") : "new";
      files.push({ path: target.path, local: target.place, outcome });
      if (outcome === "exists") {
        output.note(`${target.place} exists: --force replaces it.`);
        continue;
      }
      const data = await fetchFile(backend, target.path);
      if (!options.dryRun) await writeLocal(target.folder, target.place, data);
      output.line(`${outcome.padEnd(8)} ${bytes(data.length).padStart(6)}  ${printableName(target.place)}`);
    }
    if (output.json) output.result({ files, dryRun: options.dryRun === true }, () => "");
    return files.some(({ outcome }) => outcome === "exists") ? EXIT.conflict : EXIT.ok;
  },
};

const isDirectory = (place: string): Promise<boolean> =>
  stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
