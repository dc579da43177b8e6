import { createHash } from "node:crypto";
import type { FileBackend } from "../contenders/contender.js";
import type { TextFile } from "../corpus.js";
import type { Sizes } from "../framework/sizes.js";
import { must } from "../must.js";
import type { Task } from "./task.js";

/** A line that exactly one of the files has. */
const RARE = "extraordinarily rare";

const LINE = "a line of a text that an agent writes, reads and edits\n";

/** Returns text of about a size. */
export const textOf = (bytes: number) => LINE.repeat(Math.ceil(bytes / LINE.length));

const sizeName = (bytes: number) =>
  bytes < 1_000_000 ? `${Math.round(bytes / 1_024)} KB` : `${Math.round(bytes / 1_048_576)} MB`;

/** Returns a digest of the bytes of files. */
async function digestOf(backend: FileBackend, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { content } of await must(backend.downloadFiles([...paths]))) hash.update(content!);
  return hash.digest("hex");
}

const contentOf = async (backend: FileBackend, path: string) =>
  String((await must(backend.readRaw(path))).data?.content);

type Found = { readonly files?: readonly { readonly path: string }[] };

/** Returns the paths of an answer, sorted; backends differ in the slash behind directories. */
const pathsOf = ({ files }: Found) => files?.map(({ path }) => path.replace(/\/$/, "")).sort();

export const lsOf = (directory: string) => async (backend: FileBackend) =>
  pathsOf(await must(backend.ls(directory)));

export const globOf =
  (pattern: string, directory = "/") =>
  async (backend: FileBackend) =>
    pathsOf(await must(backend.glob(pattern, directory)));

export const grepOf =
  (pattern: string, directory = "/", glob?: string) =>
  async (backend: FileBackend) => {
    const { matches = [] } = await must(backend.grep(pattern, directory, glob ?? null));
    return matches.map(({ path, line }) => `${path}:${line}`).sort();
  };

/** Returns the tasks on a corpus, reads first. */
export function tasksOn(
  files: readonly TextFile[],
  { batch: size, edits, flat, subtree }: Sizes,
  onS3 = false,
): readonly Task[] {
  const [known] = files[files.length >> 1]!;
  const folder = known.slice(0, known.lastIndexOf("/"));
  const batch = files.slice(0, size);
  const paths = batch.map(([path]) => path);
  const among = `among ${files.length.toLocaleString("en")} files`;
  const read = { storage: "files", needs: ["read"] } as const;
  const list = { storage: "files", needs: ["ls"] } as const;
  const find = { storage: "files", needs: ["glob"] } as const;
  const search = { storage: "files", needs: ["grep"] } as const;
  const download = {
    storage: "files",
    needs: ["downloadFiles"],
    run: async (backend: FileBackend) => (await must(backend.downloadFiles([...paths]))).length,
    answer: (backend: FileBackend) => digestOf(backend, paths),
  } as const;
  const downloadTitle = `download of ${size.toLocaleString("en")} files`;
  const write = {
    needs: ["write", "readRaw"],
    run: (backend: FileBackend, n: number) => must(backend.write(`/written/${n}.txt`, textOf(4_096))),
    answer: (backend: FileBackend, n: number) => contentOf(backend, `/written/${n}.txt`),
  } as const;
  return [
    {
      ...read,
      name: "read",
      title: "read of 4 KB",
      run: async (backend) => (await must(backend.read("/read.txt", 0, 100))).content,
    },
    {
      ...read,
      name: "read-window",
      title: "read of 100 lines of 2 MB",
      run: async (backend) => (await must(backend.read("/window.txt", 20_000, 100))).content,
    },
    { ...list, name: "ls", title: `ls of one directory ${among}`, run: lsOf(folder) },
    { ...list, name: "ls-root", title: `ls of the root ${among}`, run: lsOf("/") },
    {
      ...find,
      name: "glob-narrow",
      title: `glob in one directory ${among}`,
      run: globOf("*.js", folder),
    },
    { ...find, name: "glob-all", title: `glob **/*.ts ${among}`, run: globOf("**/*.ts") },
    { ...search, name: "grep-rare", title: `grep for a rare word ${among}`, run: grepOf(RARE) },
    { ...search, name: "grep-none", title: `grep for a word of no file ${among}`, run: grepOf("zyxwvutsrq") },
    {
      ...search,
      name: "grep-common",
      title: `grep for a common word ${among}`,
      run: grepOf("throw new Error"),
    },
    { ...search, name: "grep-short", title: `grep for two characters ${among}`, run: grepOf("~~") },
    {
      ...search,
      name: "grep-glob",
      title: `grep with a glob ${among}`,
      run: grepOf("function", "/", "*.d.ts"),
    },
    {
      ...search,
      name: "grep-max",
      title: `grep for the first 100 matches ${among}`,
      // Backends may return any of the matches.
      run: async (backend) => (await must(backend.grep("function", "/", null, 100))).matches?.length,
    },
    { ...download, name: "download", title: onS3 ? `${downloadTitle} again` : downloadTitle },
    ...(onS3
      ? [
          { ...download, name: "download-cold", title: `first ${downloadTitle}`, cold: true },
          { ...search, name: "grep-cold", title: `first grep ${among}`, run: grepOf(RARE), cold: true },
        ]
      : []),
    { ...write, name: "write", title: "write of 4 KB", storage: "written" },
    ...(onS3
      ? [
          {
            ...write,
            name: "write-shown",
            title: "write of 4 KB where the store shows both names",
            storage: "shown",
          } as const,
        ]
      : []),
    ...edits.map(
      (bytes): Task => ({
        name: `edit-${sizeName(bytes).replace(" ", "").toLowerCase()}`,
        title: `edit of ${sizeName(bytes)}`,
        storage: "written",
        needs: ["write", "edit", "readRaw"],
        prepare: (backend) => must(backend.write(`/edited/${bytes}.txt`, `${textOf(bytes)}count 0\n`)),
        run: async (backend, n) => {
          const edit = backend.edit(`/edited/${bytes}.txt`, `count ${n}\n`, `count ${n + 1}\n`);
          return (await must(edit)).occurrences;
        },
        answer: (backend) => contentOf(backend, `/edited/${bytes}.txt`),
      }),
    ),
    {
      name: "upload",
      title: `upload of ${size.toLocaleString("en")} files`,
      storage: "written",
      needs: ["uploadFiles", "downloadFiles"],
      run: (backend, n) =>
        must(backend.uploadFiles(batch.map(([path, content]) => [`/uploaded/${n}${path}`, content]))),
      answer: (backend, n) =>
        digestOf(
          backend,
          paths.map((path) => `/uploaded/${n}${path}`),
        ),
    },
    {
      name: "ls-flat",
      title: `ls of ${flat.toLocaleString("en")} files in one directory`,
      storage: "flat",
      needs: ["ls", "uploadFiles"],
      prepare: (backend) => fill(backend, "/flat", flat),
      run: lsOf("/flat"),
    },
    {
      name: "delete",
      title: `delete of a directory of ${subtree.toLocaleString("en")} files`,
      storage: "written",
      needs: ["delete", "uploadFiles"],
      before: (backend) => fill(backend, "/deleted/below", subtree),
      run: (backend) => must(backend.delete("/deleted")).then(() => "deleted"),
      answer: lsOf("/deleted"),
    },
  ];
}

/** Stores small files in one directory. */
async function fill(backend: FileBackend, directory: string, count: number): Promise<void> {
  const paths = Array.from({ length: count }, (_, i) => `${directory}/${String(i).padStart(6, "0")}.txt`);
  for (let start = 0; start < count; start += 1_000) {
    const batch = paths.slice(start, start + 1_000);
    await must(backend.uploadFiles(batch.map((path) => [path, Buffer.from(path)])));
  }
}

/** Returns a corpus with the files that the tasks look for. */
export const withKnown = (files: readonly TextFile[]): readonly TextFile[] => [
  ...files,
  ["/read.txt", Buffer.from(textOf(4_096))],
  ["/window.txt", Buffer.from(textOf(2 * 1_048_576))],
  ["/rare.txt", Buffer.from(`${RARE}\n`)],
];
