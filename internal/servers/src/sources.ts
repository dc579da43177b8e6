/** Reports that this machine does not have a server: nothing is broken, something has to be installed. */
export class MissingServer extends Error {}

/**
 * Returns the first server that a source has.
 * @param name Name of the server, for messages.
 * @param sources Tried in their order. Each returns the server, or the reason why it has none.
 * @param wanted Sources to try. Default: all. The order stays.
 * @param remedies Ways to get one.
 * @throws MissingServer with the reasons and the remedies
 */
export async function firstServer<Name extends string, Server extends object>(
  name: string,
  sources: Record<Name, () => Promise<Server | string>>,
  wanted: readonly Name[] | undefined,
  remedies: readonly string[],
): Promise<Server> {
  const reasons: string[] = [];
  for (const source of Object.keys(sources) as Name[]) {
    if (wanted && !wanted.includes(source)) continue;
    const found = await sources[source]();
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  throw new MissingServer(`no ${name}: ${reasons.join("; ")}\nDo one of these: ${remedies.join("; ")}.`);
}
