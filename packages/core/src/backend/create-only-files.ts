import { CREATE_ONLY_WRITE_FILE_DESCRIPTION as write_file } from "./write-file-description.js";

/** Permission rule of deepagents, declared here so that inline rules are typed correctly. */
interface Permission {
  readonly operations: readonly ("read" | "write")[];
  readonly paths: readonly string[];
  readonly mode?: "allow" | "deny";
}

/** Parameters of `createDeepAgent` that `withCreateOnlyFiles` reads; all others are passed through. */
export interface CreateOnlyParams {
  /** Backend whose `write` only creates, or deepagents' factory for one. */
  readonly backend: unknown;
  readonly permissions?: readonly Permission[];
  readonly middleware?: unknown;
  readonly subagents?: readonly { readonly name: string; readonly permissions?: readonly Permission[] }[];
}

/** Properties of a subagent that matter here: one with `runnable` or `graphId` brings its own middleware. */
interface SubAgent {
  readonly permissions?: unknown;
  readonly middleware?: readonly unknown[];
}

/**
 * Tells the model that `write_file` only creates files, in the agent and in every subagent; deepagents' own description
 * says that it replaces them. This replaces deepagents' filesystem middleware, which would disable the `permissions` of
 * `createDeepAgent`, so they are passed to the new middleware as well.
 *
 * ```ts
 * const agent = createDeepAgent(withCreateOnlyFiles(createFilesystemMiddleware, { model, backend, permissions }));
 * ```
 * @param createFilesystemMiddleware The function of that name in deepagents.
 * @param params Parameters of `createDeepAgent`. A filesystem middleware among them takes precedence.
 * @returns The same parameters, with the new middleware in front of the others.
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
