import type { Contender, FileBackend, Method } from "../contenders/contender.js";
import type { TextFile } from "../corpus.js";
import { type Log, measure, messageOf } from "../framework/measure.js";
import type { Traffic, Way } from "../framework/measurement.js";
import type { Context } from "../framework/suite.js";
import { must } from "../must.js";

/** A piece of work on any backend. */
export interface Task {
  /** Id without that of the suite. */
  readonly name: string;
  readonly title: string;
  /**
   * Storage to work on: that of the files; one for files that tasks write, so that no search finds them; one where nothing
   * is hidden, on S3; or one with a large directory.
   */
  readonly storage: Storage;
  readonly needs: readonly Method[];
  /** @param number Counts the runs on this backend, from 0. */
  readonly run: (backend: FileBackend, number: number) => Promise<unknown>;
  /** Looks up what the run did, untimed. Default: the result of the run. */
  readonly answer?: (backend: FileBackend, number: number) => Promise<unknown>;
  /** Stores what the runs need, untimed, once. */
  readonly prepare?: (backend: FileBackend) => Promise<unknown>;
  /** Stores what each run needs, untimed. */
  readonly before?: (backend: FileBackend) => Promise<unknown>;
  /** True for a new backend, which knows nothing, in each run. */
  readonly cold?: boolean;
}

type Storage = "files" | "written" | "shown" | "flat";

/** A contender with its storages, which are opened once. */
export interface Opened {
  readonly contender: Contender;
  readonly storage: (name: Storage) => Promise<Partial<FileBackend>>;
}

/** Contenders that are ready, and those that cannot take part, with the reason. */
export interface Field {
  readonly ready: readonly Opened[];
  readonly absent: Readonly<Record<string, string>>;
}

/** Opens the storages of all contenders, and stores the files. Another project's backend may fail to. */
export async function openAll(
  contenders: readonly Contender[],
  files: readonly TextFile[],
  log: Log,
): Promise<Field> {
  const ready: Opened[] = [];
  const absent: Record<string, string> = {};
  for (const contender of contenders) {
    log(`storing ${files.length.toLocaleString("en")} files in ${contender.name} ...`);
    try {
      const opened = new Map<Storage, Promise<Partial<FileBackend>>>();
      const storage = (name: Storage) => {
        const found = opened.get(name) ?? contender.open(name);
        opened.set(name, found);
        return found;
      };
      await store(await storage("files"), files);
      ready.push({ contender, storage });
    } catch (error) {
      if (contender.kind !== "peer") throw error;
      absent[contender.name] = `cannot store the files: ${messageOf(error)}`;
    }
  }
  return { ready, absent };
}

/** Stores files by batches. */
async function store(backend: Partial<FileBackend>, files: readonly TextFile[]): Promise<void> {
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    await must(backend.uploadFiles!(batch.map(([path, content]) => [path, content])));
  }
}

const BATCH = 1_000;

/** Rounds of a task whose runs have to be prepared. */
const ROUNDS_WITH_PREPARATION = 3;

/** Runs the wanted tasks of a suite, each on all contenders that can do it. */
export async function runTasks(
  suite: string,
  tasks: readonly Task[],
  { ready, absent }: Field,
  { wanted, keep, log }: Context,
  traffic?: () => Traffic,
): Promise<void> {
  for (const task of tasks) {
    const id = `${suite}/${task.name}`;
    if (!wanted(id)) continue;
    const notRun: Record<string, string> = { ...absent };
    const ways: Way[] = [];
    for (const { contender, storage } of ready) {
      const backend = await storage(task.storage);
      const missing = task.needs.find((method) => contender.lacks?.[method] || !backend[method]);
      if (missing) notRun[contender.name] = contender.lacks?.[missing] ?? `has no ${missing}`;
      else ways.push(await wayOf(task, contender, backend as FileBackend));
    }
    const rounds = task.before && { rounds: ROUNDS_WITH_PREPARATION };
    const measurement = { id, title: task.title, ways, notRun, ...rounds, ...(traffic && { traffic }) };
    await keep(await measure(measurement, log));
  }
}

async function wayOf(task: Task, contender: Contender, opened: FileBackend): Promise<Way> {
  const { name, kind } = contender;
  const { run, answer, prepare, before, cold } = task;
  await prepare?.(opened);
  let backend = opened;
  let runs = 0;
  const reset = async () => {
    if (cold) backend = (await contender.open(task.storage)) as FileBackend;
    await before?.(backend);
  };
  return {
    name,
    kind,
    ...((cold || before) && { before: reset }),
    run: () => run(backend, runs++),
    ...(answer && { answer: () => answer(backend, runs - 1) }),
  };
}
