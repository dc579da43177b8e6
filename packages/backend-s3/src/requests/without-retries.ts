/** The part of an SDK command that is used here. */
interface Command {
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => Next,
      options: { step: "finalizeRequest"; priority: "low"; name: string },
    ): void;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's types differ between commands.
type Next = (args: any) => Promise<any>;

/**
 * Prevents a caller's client from retrying a change by itself: after a lost response, the stored object decides whether
 * to retry. Clients created by this package never retry.
 */
export function withoutRetries<C>(command: C): C {
  let failure: { readonly error: unknown } | undefined;
  (command as unknown as Command).middlewareStack.add(
    // Inside the SDK's retry loop.
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
