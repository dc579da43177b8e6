import { compare, type Measured } from "../compare.js";
import { type Contender, type FileBackend, must } from "./contender.js";
import type { TextFile } from "./corpus.js";

const TEXT = Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`).join("\n");

/** A line that exactly one of the files has. */
const RARE = "extraordinarily rare";

/** A task, prepared on one backend. */
interface Task {
  readonly title: string;
  /** Milliseconds for which the task is repeated in each round; 0 for once. Default: 150. */
  readonly time?: number;
  /** Runs it. The answers of all backends must be equal. */
  readonly run: (backend: FileBackend, number: number) => Promise<unknown>;
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
    { title: "read of 4 KB", run: (backend) => must(backend.read("/edited.txt", 0, 50)).then(() => "read") },
    {
      title: "write of 4 KB",
      run: (backend, n) => must(backend.write(`/written/${n}.txt`, TEXT)).then(() => "written"),
    },
    {
      title: "edit of 4 KB",
      run: async (backend, n) =>
        (await must(backend.edit("/edited.txt", `count ${n}\n`, `count ${n + 1}\n`))).occurrences,
    },
    {
      title: `ls above ${bySize(files)}`,
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
        (await must(backend.uploadFiles(batch.map(([path, content]) => [`/uploaded/${n}${path}`, content]))))
          .length,
    },
    {
      title: `download of ${bySize(batch)}`,
      time: 0,
      run: async (backend) =>
        (await must(backend.downloadFiles(paths))).reduce(
          (sum, { content }) => sum + (content?.length ?? 0),
          0,
        ),
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
  for (const { title, time, run } of tasksOn(files)) {
    const numbers = new Map(backends.map(([name]) => [name, 0]));
    const next = async ([name, backend]: (typeof backends)[number]) => {
      const number = numbers.get(name)!;
      const answer = await run(backend, number);
      numbers.set(name, number + 1);
      return JSON.stringify(answer);
    };
    const [expected, ...others] = await inTurn(backends, next);
    const isWrong = (i: number) => i > 0 && others[i - 1] !== expected;
    const ways = backends.map(
      (entry, i) => [`${entry[0]}${isWrong(i) ? " (another answer)" : ""}`, () => next(entry)] as const,
    );
    const slow = time === 0 ? { time, rounds: 3 } : {};
    table.push(
      ...(await compare({ title: `${service}: ${title}`, ways: Object.fromEntries(ways), ...slow })),
    );
  }
  return table;
}

async function inTurn<T, R>(values: readonly T[], run: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await run(value));
  return results;
}
