/** The part of an SDK command that is used here. */
interface Command {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler) => Handler,
      options: { step: "deserialize"; priority: "low"; name: string },
    ): void;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's types differ between commands.
type Handler = (args: any) => Promise<any>;

/**
 * Records the `Date` header of the response to a command.
 * @returns The store's time once the response has arrived, in whole seconds; invalid if the store gave none.
 */
export function recordDate(command: Command): () => Date {
  let date = new Date(Number.NaN);
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = new Date((result.response as { headers: Record<string, string> }).headers.date ?? "");
      return result;
    },
    { step: "deserialize", priority: "low", name: "date" },
  );
  return () => date;
}
