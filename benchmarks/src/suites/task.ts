import type { Contender, FileBackend, Method } from "../contenders/contender.js";
import { measure } from "../framework/measure.js";
import type { Traffic, Way } from "../framework/measurement.js";
import type { Context } from "../framework/suite.js";

/** A piece of work on any backend. */
export interface Task {
  /** Id without that of the suite. */
  readonly name: string;
  readonly title: string;
  /** Storage to work on: that of the files, or one for files that tasks write, so that no search finds them. */
  readonly storage: "files" | "written";
  readonly needs: readonly Method[];
  /** @param number Counts the runs on this backend, from 0. */
  readonly run: (backend: FileBackend, number: number) => Promise<unknown>;
  /** Looks up what the run did, untimed. Default: the result of the run. */
  readonly answer?: (backend: FileBackend, number: number) => Promise<unknown>;
  /** Stores what the run needs, untimed, once. */
  readonly prepare?: (backend: FileBackend) => Promise<unknown>;
}

/** A contender with its open storages. */
export interface Opened {
  readonly contender: Contender;
  readonly files: Partial<FileBackend>;
  readonly written: Partial<FileBackend>;
}

/** Opens the storages of a contender. */
export async function open(contender: Contender): Promise<Opened> {
  return { contender, files: await contender.open("files"), written: await contender.open("written") };
}

/** Runs the wanted tasks of a suite, each on all contenders that can do it. */
export async function runTasks(
  suite: string,
  tasks: readonly Task[],
  all: readonly Opened[],
  { wanted, keep, log }: Context,
  traffic?: () => Traffic,
): Promise<void> {
  for (const task of tasks) {
    const id = `${suite}/${task.name}`;
    if (!wanted(id)) continue;
    const notRun: Record<string, string> = {};
    const ways: Way[] = [];
    for (const { contender, [task.storage]: backend } of all) {
      const missing = task.needs.find((method) => contender.lacks?.[method] || !backend[method]);
      if (missing) notRun[contender.name] = contender.lacks?.[missing] ?? `has no ${missing}`;
      else ways.push(await wayOf(task, contender, backend as FileBackend));
    }
    await keep(await measure({ id, title: task.title, ways, notRun, ...(traffic && { traffic }) }, log));
  }
}

async function wayOf(task: Task, { name, kind }: Contender, backend: FileBackend): Promise<Way> {
  const { run, answer, prepare } = task;
  await prepare?.(backend);
  let runs = 0;
  return {
    name,
    kind,
    run: () => run(backend, runs++),
    ...(answer && { answer: () => answer(backend, runs - 1) }),
  };
}
