import { startPostgres } from "@deepagents-internal/servers";
import { localDisk } from "../contenders/local-disk.js";
import { postgresContenders } from "../contenders/postgres.js";
import { corpus } from "../corpus.js";
import type { Suite } from "../framework/suite.js";
import { openAll, runTasks } from "./task.js";
import { tasksOn, withKnown } from "./tasks.js";

/** Operations of one client on PostgreSQL. */
export const postgres: Suite = {
  name: "postgres",
  ids: (sizes) => tasksOn(corpus(1), sizes).map(({ name }) => `postgres/${name}`),
  async run(context) {
    const { sizes, log } = context;
    const server = await startPostgres({ log });
    log(server.description);
    const { contenders, close } = await postgresContenders(server.url);
    const disk = await localDisk();
    try {
      const files = corpus(sizes.files);
      const field = await openAll([...contenders, disk], withKnown(files), log);
      await runTasks("postgres", tasksOn(files, sizes), field, context);
    } finally {
      await disk.close();
      await close();
      await server.stop();
    }
  },
};
