import { startMinio } from "@deepagents-internal/servers";
import { s3Contenders } from "../contenders/s3.js";
import { corpus } from "../corpus.js";
import type { Context, Suite } from "../framework/suite.js";
import { startMeter } from "../meter.js";
import { openAll, runTasks } from "./task.js";
import { tasksOn, withKnown } from "./tasks.js";

/** Returns the tasks at a latency; edits of large files are the same work at any. */
function tasksAt(ms: number, files: ReturnType<typeof corpus>, sizes: Context["sizes"]) {
  const count = files.length;
  const [batch, flat, subtree] = [sizes.batch, sizes.flat, sizes.subtree].map((size) =>
    Math.min(size, count),
  );
  const edits = ms === 0 ? sizes.edits : [4_096];
  return tasksOn(files, { ...sizes, batch: batch!, flat: flat!, subtree: subtree!, edits }, true);
}

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
          const field = await openAll(contenders, withKnown(files), log);
          await runTasks(suiteOf(ms), tasks, field, context, ms > 0 ? meter.take : undefined);
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
