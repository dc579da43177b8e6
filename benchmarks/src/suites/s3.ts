import { startMinio } from "@deepagents-internal/servers";
import { s3Contenders } from "../contenders/s3.js";
import { corpus } from "../corpus.js";
import type { Context, Suite } from "../framework/suite.js";
import { startMeter } from "../meter.js";
import { type Opened, open, runTasks } from "./task.js";
import { store, tasksOn } from "./tasks.js";

/** Edits of large files are the same work at any latency. */
const tasksAt = (ms: number, files: ReturnType<typeof corpus>, sizes: Context["sizes"]) =>
  tasksOn(files, ms === 0 ? sizes : { ...sizes, batch: Math.min(sizes.batch, files.length), edits: [4_096] });

const suiteOf = (ms: number) => `s3-${ms}ms`;

/** Operations of one client on S3, at several latencies. */
export const s3: Suite = {
  name: "s3",
  ids: (sizes) =>
    Object.keys(sizes.objects).flatMap((ms) =>
      tasksAt(Number(ms), corpus(1), sizes).map(({ name }) => `${suiteOf(Number(ms))}/${name}`),
    ),
  async run(context) {
    const { sizes, log, wanted } = context;
    const server = await startMinio({ log });
    log(server.description);
    try {
      for (const [latency, count] of Object.entries(sizes.objects)) {
        const ms = Number(latency);
        const files = corpus(count);
        const tasks = tasksAt(ms, files, sizes);
        if (!tasks.some(({ name }) => wanted(`${suiteOf(ms)}/${name}`))) continue;
        const meter = await startMeter(server.endpoint, ms);
        const { contenders, close } = s3Contenders(server, meter.endpoint, `${ms}ms`);
        try {
          const all: Opened[] = [];
          for (const contender of contenders) {
            const opened = await open(contender);
            log(`storing ${files.length} files in ${contender.name}, at ${ms} ms ...`);
            await store(opened.files, files);
            all.push(opened);
          }
          await runTasks(suiteOf(ms), tasks, all, context, ms > 0 ? meter.take : undefined);
        } finally {
          await close();
          await meter.stop();
        }
      }
    } finally {
      await server.stop();
    }
  },
};
