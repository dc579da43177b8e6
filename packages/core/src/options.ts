import { RemoteBackendError } from "./errors.js";

/** What an option accepts, in words and as a test. */
export interface OptionRule {
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
}

/** A non-empty string. */
export const text: OptionRule = {
  accepts: "a non-empty string",
  test: (value) => typeof value === "string" && value !== "",
};

/** `true` or `false`. */
export const flag: OptionRule = { accepts: "true or false", test: (value) => typeof value === "boolean" };

/** A function, a class included. */
export const callable: OptionRule = { accepts: "a function", test: (value) => typeof value === "function" };

/** A whole number within bounds. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): OptionRule {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    accepts: `a whole number ${bounds}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

/** A time in milliseconds; Node's timers end at 2,147,483,647 (24 days) and take more for 1. */
export const milliseconds: OptionRule = integer(1, 2 ** 31 - 1);

/** One of a few words. */
export function oneOf(...words: readonly string[]): OptionRule {
  return {
    accepts: `one of ${words.map((w) => `"${w}"`).join(", ")}`,
    test: (value) => words.includes(value as string),
  };
}

/** Whatever one of the rules accepts. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return {
    accepts: rules.map((rule) => rule.accepts).join(", or "),
    test: (value) => rules.some((rule) => rule.test(value)),
  };
}

/**
 * Refuses options.
 * @param owner Whose options they are, for the message.
 * @param why Without a full stop, and without values: one of them may be a password in the wrong place.
 * @throws RemoteBackendError `invalid-options`
 */
export function refuseOptions(owner: string, why: string): never {
  throw new RemoteBackendError("invalid-options", `${owner}: ${why}.`);
}

/**
 * Checks the options of a constructor. Values are never quoted.
 * @param owner Whose options they are, for the message.
 * @param rules Every option there is.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function checkOptions(
  owner: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  const refuse = (why: string) => refuseOptions(owner, why);
  if (typeof options !== "object" || options === null) refuse("options must be an object");
  for (const [name, value] of Object.entries(options as object)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) refuse(`there is no option '${name}'; the options are ${Object.keys(rules).join(", ")}`);
    else if (value !== undefined && !rule.test(value)) {
      refuse(
        `option '${name}' must be ${rule.accepts}, not ${value === null ? "null" : `a ${typeof value}`}`,
      );
    }
  }
}
