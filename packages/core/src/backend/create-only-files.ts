import { CREATE_ONLY_WRITE_FILE_DESCRIPTION as write_file } from "./write-file-description.js";

/** A rule of deepagents; declared so that rules written in place get the right types. */
interface Permission {
  readonly operations: readonly ("read" | "write")[];
  readonly paths: readonly string[];
  readonly mode?: "allow" | "deny";
}

/** Parameters of `createDeepAgent` that `withCreateOnlyFiles` reads; all others pass through. */
export interface CreateOnlyParams {
  /** A backend whose `write` creates only, or deepagents' factory for one. */
  readonly backend: unknown;
  readonly permissions?: readonly Permission[];
  readonly middleware?: unknown;
  readonly subagents?: readonly { readonly name: string; readonly permissions?: readonly Permission[] }[];
}

/** Parts of a sub-agent: one with `runnable` or `graphId` brings its own middleware. */
interface SubAgent {
  readonly permissions?: unknown;
  readonly middleware?: readonly unknown[];
}

/**
 * Tells the model that `write_file` creates only, in the agent and in every sub-agent, where deepagents' own description
 * says that it replaces files. deepagents' middleware for files is replaced for that, which takes `permissions` of
 * `createDeepAgent` out of effect unless the new one gets them too; it does here.
 *
 * ```ts
 * const agent = createDeepAgent(withCreateOnlyFiles(createFilesystemMiddleware, { model, backend, permissions }));
 * ```
 * @param createFilesystemMiddleware The function of deepagents.
 * @param params Parameters of `createDeepAgent`. A middleware for files among them has precedence.
 * @returns The same parameters with the middleware in front of the others.
 */
export function withCreateOnlyFiles<Params extends CreateOnlyParams>(
  createFilesystemMiddleware: (options: never) => unknown,
  params: Params,
): Params {
  const { backend, subagents } = params;
  const withFiles = <Agent extends SubAgent>(agent: Agent, permissions: unknown): Agent => {
    const options = {
      backend,
      customToolDescriptions: { write_file },
      ...(permissions !== undefined && { permissions }),
    };
    return {
      ...agent,
      middleware: [createFilesystemMiddleware(options as never), ...(agent.middleware ?? [])],
    };
  };
  const declared = ((subagents ?? []) as readonly SubAgent[]).map((agent) =>
    "runnable" in agent || "graphId" in agent
      ? agent
      : withFiles(agent, agent.permissions ?? params.permissions),
  );
  const root = withFiles(params as Params & SubAgent, params.permissions);
  return subagents === undefined ? root : { ...root, subagents: declared };
}
