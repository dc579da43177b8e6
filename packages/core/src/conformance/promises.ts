/** Promises made or not made. A number is a promise with a limit. */
export type Promises<C extends string> = Readonly<Record<C, boolean | number>>;

/**
 * Rejects unknown names: a misspelled promise would silently leave out its cases.
 * @throws Error that names the unknown ones and all known ones.
 */
export function checkPromises(known: Readonly<Record<string, string>>, given: object): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    throw new Error(`Unknown capability ${unknown.join(", ")}. Known are: ${Object.keys(known).join(", ")}.`);
  }
}

/**
 * Takes each promise from the first of `sources` that mentions it; one that none mentions is not made.
 * @throws Error for a promise that is neither made nor not made.
 */
export function resolvePromises<C extends string>(
  known: Readonly<Record<C, string>>,
  ...sources: readonly Readonly<Record<string, unknown>>[]
): Promises<C> {
  const promised = (name: string): boolean | number => {
    for (const source of sources) {
      const value = source[name];
      if (value !== undefined) return checked(name, value);
    }
    return false;
  };
  return Object.fromEntries(Object.keys(known).map((name) => [name, promised(name)])) as Promises<C>;
}

/** Prefix of promises that are limits in bytes. */
const LIMIT = /^max[A-Z]/;

function checked(name: string, value: unknown): boolean | number {
  const isLimit = LIMIT.test(name);
  if (value === false || (!isLimit && value === true)) return value;
  if (isLimit && Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new Error(
    `The capability ${name} is ${String(value)}; it must be ${isLimit ? "a number of bytes above 0" : "true"}, or false.`,
  );
}
