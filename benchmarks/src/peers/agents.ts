import { type Measured, median } from "../compare.js";
import { must } from "../must.js";
import type { Contender, FileBackend } from "./contender.js";
import type { TextFile } from "./corpus.js";

/** Operations of all agents together. */
const OPERATIONS = 4_000;

/** Rounds in which the contenders take turns. */
const ROUNDS = 3;

/** One agent's session: mostly reads, some searches, and edits of a file of its own. */
async function step(
  backend: FileBackend,
  agent: number,
  i: number,
  files: readonly TextFile[],
): Promise<void> {
  const [path] = files[(agent * 31 + i * 7) % files.length]!;
  const own = `/agents/${agent}.txt`;
  if (i % 10 === 9) await must(backend.ls(path.slice(0, path.lastIndexOf("/"))));
  else if (i % 10 === 4) {
    const { data } = await must(backend.readRaw(own));
    const count = /count (\d+)/.exec(String(data?.content))![1];
    await must(backend.edit(own, `count ${count}`, `count ${Number(count) + 1}`));
  } else await must(backend.read(path, 0, 100));
}

/** Throughput and latency of one round. */
interface Round {
  readonly perSecond: number;
  readonly p99: number;
}

async function measure(
  backends: readonly FileBackend[],
  agents: number,
  files: readonly TextFile[],
): Promise<Round> {
  const latencies: number[] = [];
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: agents }, async (_, agent) => {
      for (let i = 0; i < OPERATIONS / agents; i++) {
        const start = performance.now();
        await step(backends[agent]!, agent, i, files);
        latencies.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  latencies.sort((a, b) => a - b);
  return { perSecond: latencies.length / seconds, p99: latencies[Math.floor(latencies.length * 0.99)]! };
}

/** Compares sessions of many agents at a time, each with a backend of its own. The first contender is the baseline. */
export async function compareAgents(
  service: string,
  contenders: readonly Contender[],
  files: readonly TextFile[],
  counts: readonly number[],
): Promise<Measured[]> {
  const most = Math.max(...counts);
  const sessions = [];
  for (const contender of contenders) {
    const backends: FileBackend[] = [];
    for (let agent = 0; agent < most; agent++) backends.push(await contender.open("agents"));
    await must(backends[0]!.uploadFiles(files.map(([path, content]) => [path, content])));
    await Promise.all(
      backends.map((backend, agent) => must(backend.write(`/agents/${agent}.txt`, "count 0\n"))),
    );
    sessions.push({ name: contender.name, backends });
  }
  const table: Measured[] = [];
  for (const agents of counts) {
    console.log(`${service}: ${agents} agents at a time ...`);
    const rounds: Round[][] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const measured: Round[] = [];
      const numbered = [...sessions.entries()];
      // Alternates the order, so that none always goes first.
      for (const [i, { backends }] of round % 2 === 0 ? numbered : numbered.toReversed()) {
        measured[i] = await measure(backends, agents, files);
      }
      // The first round is a warm-up.
      if (round > 0) rounds.push(measured);
    }
    for (const [i, { name }] of sessions.entries()) {
      const ratio = (of: (round: Round) => number) =>
        median(rounds.map((round) => of(round[i]!) / of(round[0]!))).toFixed(2);
      table.push(
        {
          title: `${service}: ${agents} agents, mean time of an operation`,
          way: name,
          "median ms": median(rounds.map((round) => 1_000 / round[i]!.perSecond)).toFixed(2),
          ratio: ratio(({ perSecond }) => 1 / perSecond),
        },
        {
          title: `${service}: ${agents} agents, 99th percentile`,
          way: name,
          "median ms": median(rounds.map((round) => round[i]!.p99)).toFixed(2),
          ratio: ratio(({ p99 }) => p99),
        },
      );
    }
  }
  return table.sort((a, b) => a.title.localeCompare(b.title, "en", { numeric: true }));
}
