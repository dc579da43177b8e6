/**
 * Asks one source after the other for a server.
 * @param wanted which to ask; the order stays
 * @param ask answers a server, or why there is none
 * @returns the first server, or all the reasons
 */
export async function firstServer<Source, Server extends object>(
  sources: readonly Source[],
  wanted: readonly Source[] = sources,
  ask: (source: Source) => Promise<Server | string>,
): Promise<Server | string[]> {
  const missing: string[] = [];
  for (const source of sources.filter((each) => wanted.includes(each))) {
    const answer = await ask(source);
    if (typeof answer !== "string") return answer;
    missing.push(answer);
  }
  return missing;
}
