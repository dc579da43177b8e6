import { createHash } from "node:crypto";
import { compare, type Measured } from "../compare.js";
import { must } from "../must.js";
import type { Contender, FileBackend } from "./contender.js";
import type { TextFile } from "./corpus.js";

const TEXT = Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`).join("\n");

/** A line that exactly one of the files has. */
const RARE = "extraordinarily rare";

/** A task, prepared on one backend. */
interface Task {
  readonly title: string;
  /** Milliseconds for which the task is repeated in each round; 0 for once. Default: 150. */
  readonly time?: number;
  readonly run: (backend: FileBackend, number: number) => Promise<unknown>;
  /** Looks up what it did, which must be the same on all backends. Not timed. Default: its result must. */
  readonly answer?: (backend: FileBackend, number: number) => Promise<unknown>;
}

/** Returns a digest of the bytes of files. */
async function digestOf(backend: FileBackend, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { content } of await must(backend.downloadFiles([...paths]))) hash.update(content!);
  return hash.digest("hex");
}

const bySize = (files: readonly TextFile[]): string =>
  `${files.length} files of ${Math.round(files.reduce((sum, [, { length }]) => sum + length, 0) / files.length / 1_000)} KB`;

/** Returns the tasks, which find `files` stored. */
function tasksOn(files: readonly TextFile[]): readonly Task[] {
  const [known] = files[files.length >> 1]!;
  const folder = known.slice(0, known.lastIndexOf("/"));
  const batch = files.slice(0, 1_000);
  const paths = batch.map(([path]) => path);
  return [
    {
      title: "read of 4 KB",
      run: async (backend) => (await must(backend.read("/read.txt", 0, 100))).content,
    },
    {
      title: "write of 4 KB",
      run: (backend, n) => must(backend.write(`/written/${n}.txt`, TEXT)),
      answer: async (backend, n) => (await must(backend.readRaw(`/written/${n}.txt`))).data?.content,
    },
    {
      title: "edit of 4 KB",
      run: async (backend, n) =>
        (await must(backend.edit("/edited.txt", `count ${n}\n`, `count ${n + 1}\n`))).occurrences,
      answer: async (backend) => (await must(backend.readRaw("/edited.txt"))).data?.content,
    },
    {
      title: `ls of one directory among ${bySize(files)}`,
      run: async (backend) => (await must(backend.ls(folder))).files?.map(({ path }) => path).sort(),
    },
    {
      title: "glob in one directory",
      run: async (backend) =>
        (await must(backend.glob("*.ts", folder))).files?.map(({ path }) => path).sort(),
    },
    {
      title: "grep for a rare line",
      run: async (backend) =>
        (await must(backend.grep(RARE))).matches?.map(({ path, line }) => `${path}:${line}`),
    },
    {
      title: `upload of ${bySize(batch)}`,
      time: 0,
      run: async (backend, n) =>
        must(backend.uploadFiles(batch.map(([path, content]) => [`/uploaded/${n}${path}`, content]))),
      answer: (backend, n) =>
        digestOf(
          backend,
          batch.map(([path]) => `/uploaded/${n}${path}`),
        ),
    },
    {
      title: `download of ${bySize(batch)}`,
      time: 0,
      run: (backend) => must(backend.downloadFiles(paths)),
      answer: (backend) => digestOf(backend, paths),
    },
  ];
}

/** Stores the files that the tasks find, with a rare line in one of them. */
async function prepare(backend: FileBackend, files: readonly TextFile[]): Promise<void> {
  for (let start = 0; start < files.length; start += 1_000) {
    await must(
      backend.uploadFiles(files.slice(start, start + 1_000).map(([path, content]) => [path, content])),
    );
  }
  await must(backend.write("/read.txt", TEXT));
  await must(backend.write("/edited.txt", `${TEXT}\ncount 0\n`));
  await must(backend.write("/rare.txt", `${RARE}\n`));
}

/**
 * Compares contenders, the first of which is the baseline: its ratio is 1, and another one's says how many times as long
 * it takes.
 */
export async function compareTasks(
  service: string,
  contenders: readonly Contender[],
  files: readonly TextFile[],
): Promise<Measured[]> {
  const backends: (readonly [string, FileBackend])[] = [];
  for (const contender of contenders) {
    console.log(`${service}: storing ${bySize(files)} in ${contender.name} ...`);
    const backend = await contender.open("tasks");
    await prepare(backend, files);
    backends.push([contender.name, backend]);
  }
  const table: Measured[] = [];
  for (const { title, time, run, answer } of tasksOn(files)) {
    const numbers = new Map(backends.map(([name]) => [name, 0]));
    const next = async ([name, backend]: (typeof backends)[number]) => {
      const number = numbers.get(name)!;
      const result = await run(backend, number);
      numbers.set(name, number + 1);
      return result;
    };
    const answers: string[] = [];
    for (const entry of backends) {
      const result = await next(entry);
      answers.push(JSON.stringify(answer ? await answer(entry[1], 0) : result));
    }
    const ways = backends.map(
      (entry, i) =>
        [`${entry[0]}${answers[i] === answers[0] ? "" : " (another answer)"}`, () => next(entry)] as const,
    );
    const slow = time === 0 ? { time, rounds: 3 } : {};
    table.push(
      ...(await compare({ title: `${service}: ${title}`, ways: Object.fromEntries(ways), ...slow })),
    );
  }
  return table;
}
