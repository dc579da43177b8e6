/** A command of the SDK, as far as it is needed here. */
interface Command {
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => Next,
      options: { step: "finalizeRequest"; priority: "low"; name: string },
    ): void;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's own types differ from command to command.
type Next = (args: any) => Promise<any>;

/**
 * Keeps a client that retries by itself from sending a change twice: after a lost answer another one has to be decided on
 * by what is stored. Clients made here do not retry anyway.
 */
export function withoutRetries<C>(command: C): C {
  let failure: { readonly error: unknown } | undefined;
  (command as unknown as Command).middlewareStack.add(
    // Inside of the SDK's retries.
    (next) => async (args) => {
      if (failure) throw failure.error;
      try {
        return await next(args);
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
    { step: "finalizeRequest", priority: "low", name: "withoutRetries" },
  );
  return command;
}
