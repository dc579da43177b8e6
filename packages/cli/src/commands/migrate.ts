import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { type Command, DRY_RUN, FORCE } from "../support/command.js";
import { CommandError, EXIT } from "../support/exit.js";
import { loadModule } from "../workspace/module.js";
import { copyAll } from "./copy.js";

export const migrate: Command = {
  name: "migrate",
  summary: "Take over a table of the Python package, or copy from deepagents' StoreBackend",
  operands: [],
  options: [
    ["--from <module>", "module that exports a store of LangGraph as `store` or by default"],
    ["--store-namespace <name...>", "namespace in that store (default filesystem)"],
    FORCE,
    DRY_RUN,
  ],
  notes:
    "Without --from, a table gets the columns it lacks, and uploads of the Python package become visible. It can be repeated.",
  examples: ["migrate 'postgres://app@db/agents?table=files'", "migrate @prod --from ./store.mjs"],
  async run(context) {
    const { options, output, open } = context;
    if (options.from !== undefined) {
      if (options.dryRun)
        throw new CommandError("usage", "Use `copy --dry-run` with a module that exports the backend.");
      const from = await storeBackend(options.from as string, options.storeNamespace, context.io.cwd);
      const { backend } = await open({ writes: true });
      return copyAll(context, from, backend, "/");
    }
    const { kind, health, initialize } = await open({ writes: !options.dryRun });
    if (kind !== "postgres" || !health || !initialize) {
      throw new CommandError(
        "usage",
        "Only a table is migrated in place. A bucket of the Python package is used as it is.",
      );
    }
    const before = (await health()).details;
    if (!options.dryRun) await initialize();
    const after = options.dryRun ? before : (await health()).details;
    output.result({ before, after, dryRun: options.dryRun === true }, () =>
      options.dryRun
        ? `table ${before.table}, ${before.unadopted ?? 0} uploads to take over\n`
        : `table ${before.table} -> ${after.table}, uploads to take over ${before.unadopted ?? 0} -> ${after.unadopted ?? 0}\n`,
    );
    return EXIT.ok;
  },
};

/** Returns a StoreBackend over the store that a module exports. */
async function storeBackend(module: string, given: unknown, cwd: string): Promise<BackendProtocolV2> {
  const { store, default: byDefault } = await loadModule(module, cwd);
  const exported = store ?? byDefault;
  const made = typeof exported === "function" ? await exported() : exported;
  if (typeof made?.search !== "function") {
    throw new CommandError("usage", `${module} must export a store of LangGraph as 'store' or by default.`);
  }
  const namespace = (given as string[] | undefined) ?? ["filesystem"];
  const { StoreBackend } = await import("deepagents").catch(() => {
    throw new CommandError("usage", "Install deepagents first: npm install deepagents @langchain/langgraph");
  });
  return new StoreBackend({ store: made, namespace }) as BackendProtocolV2;
}
