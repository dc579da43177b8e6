import { startPostgres } from "@deepagents-internal/servers";
import type { Contender, FileBackend } from "../contenders/contender.js";
import { postgresContenders } from "../contenders/postgres.js";
import { corpus, type TextFile } from "../corpus.js";
import { messageOf } from "../framework/measure.js";
import type { WayResult } from "../framework/measurement.js";
import type { Suite } from "../framework/suite.js";
import { must } from "../must.js";

/** Rounds in which the contenders take turns, and the number of files in their common storage. */
const ROUNDS = 3;
const FILES = 200;

const idOf = (agents: number) => `agents/${agents}`;

/** Sessions of many agents at a time, each with a backend of its own, as in one process of a service. */
export const agents: Suite = {
  name: "agents",
  ids: (sizes) => sizes.agents.flatMap((count) => [idOf(count), `${idOf(count)}-p99`]),
  async run({ sizes, wanted, keep, log }) {
    const server = await startPostgres({ log });
    const { contenders, close } = await postgresContenders(server.url);
    const files = corpus(FILES);
    try {
      const sessions: (readonly [Contender, FileBackend[]])[] = [];
      const notRun: Record<string, string> = {};
      for (const contender of contenders.filter(({ kind }) => kind !== "raw")) {
        try {
          sessions.push([contender, await openSessions(contender, files, Math.max(...sizes.agents))]);
        } catch (error) {
          if (contender.kind === "ours") throw error;
          notRun[contender.name] = messageOf(error);
        }
      }
      for (const count of sizes.agents) {
        if (!wanted(idOf(count)) && !wanted(`${idOf(count)}-p99`)) continue;
        log(`${count} agents at a time`);
        const rounds: Round[][] = sessions.map(() => []);
        for (let round = 0; round <= ROUNDS; round++) {
          const order = [...sessions.entries()];
          for (const [i, [, backends]] of round % 2 === 0 ? order : order.toReversed()) {
            const measured = await runAgents(backends.slice(0, count), files, sizes.operations);
            // The first round is a warm-up.
            if (round > 0) rounds[i]!.push(measured);
          }
        }
        const ways = (figure: keyof Round) =>
          sessions.map(
            ([{ name, kind }], i): WayResult => ({
              name,
              kind,
              rounds: rounds[i]!.map((round) => round[figure]),
              answer: "same",
            }),
          );
        const title = `session of ${count} concurrent agents`;
        await keep({ notRun, id: idOf(count), title, unit: "ops/s", ways: ways("perSecond") });
        await keep({
          notRun,
          id: `${idOf(count)}-p99`,
          title: `${title}, 99th percentile`,
          unit: "ms",
          ways: ways("p99"),
        });
      }
    } finally {
      await close();
      await server.stop();
    }
  },
};

/** Opens a backend for each agent, on files that all see and one for each agent. */
async function openSessions(
  contender: Contender,
  files: readonly TextFile[],
  agents: number,
): Promise<FileBackend[]> {
  const backends: FileBackend[] = [];
  for (let agent = 0; agent < agents; agent++) {
    backends.push((await contender.open("agents")) as FileBackend);
  }
  await must(backends[0]!.uploadFiles(files.map(([path, content]) => [path, content])));
  await Promise.all(
    backends.map((backend, agent) => must(backend.write(`/agents/${agent}.txt`, "count 0\n"))),
  );
  return backends;
}

/** Throughput and latency of one round. */
interface Round {
  readonly perSecond: number;
  readonly p99: number;
}

async function runAgents(
  backends: readonly FileBackend[],
  files: readonly TextFile[],
  operations: number,
): Promise<Round> {
  const latencies: number[] = [];
  const begin = performance.now();
  await Promise.all(
    backends.map(async (backend, agent) => {
      for (let i = 0; i < operations / backends.length; i++) {
        const start = performance.now();
        await step(backend, agent, i, files);
        latencies.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  latencies.sort((a, b) => a - b);
  return { perSecond: latencies.length / seconds, p99: latencies[Math.floor(latencies.length * 0.99)]! };
}

/** One operation of an agent's session: mostly reads, some listings, and edits of a file of its own. */
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
