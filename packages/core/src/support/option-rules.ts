import { nearest } from "./nearest.js";

/** What an option accepts, in words and as a test. */
export interface OptionRule {
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
  /**
   * Types of values that may be accepted, as `typeof` names them. A value of another type is named in the message; without
   * this none is, so that no message asks for a string and refuses a string.
   */
  readonly types?: readonly string[];
  /** Says what is wrong with a value that `test` refuses, and what to do. It must not quote strings. */
  readonly explain?: (value: unknown) => string | undefined;
  /** True if the option decides where files lie: `undefined`, given explicitly, is refused then. */
  readonly isTarget?: boolean;
}

/** A non-empty string. */
export const text: OptionRule = {
  accepts: "a non-empty string",
  test: (value) => typeof value === "string" && value !== "",
  types: ["string"],
};

/** `true` or `false`. */
export const flag: OptionRule = {
  accepts: "true or false",
  test: (value) => typeof value === "boolean",
  types: ["boolean"],
};

/** A function, a class included. */
export const callable: OptionRule = {
  accepts: "a function",
  test: (value) => typeof value === "function",
  types: ["function"],
};

/** A whole number within bounds. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): OptionRule {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    accepts: `a whole number ${bounds}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    types: ["number"],
    explain: (value) => (typeof value === "number" ? `not ${value}` : undefined),
  };
}

/** A time in milliseconds; Node's timers end at 2,147,483,647 (24 days) and take more for 1. */
export const milliseconds: OptionRule = integer(1, 2 ** 31 - 1);

/** One of a few words. */
export function oneOf(...words: readonly string[]): OptionRule {
  return {
    accepts: `one of ${words.map((w) => `"${w}"`).join(", ")}`,
    test: (value) => words.includes(value as string),
    types: ["string"],
    explain(value) {
      const word = typeof value === "string" ? nearest(value, words) : undefined;
      return word === undefined ? undefined : `did you mean "${word}"?`;
    },
  };
}

/** Whatever one of the rules accepts. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return {
    accepts: rules.map((rule) => rule.accepts).join(", or "),
    test: (value) => rules.some((rule) => rule.test(value)),
    types: rules.flatMap(({ types = [] }) => types),
    explain: (value) => rules.map((rule) => rule.explain?.(value)).find((why) => why !== undefined),
  };
}

/**
 * A rule for an option that decides where files lie, such as the address of a database: `undefined`, given explicitly, is
 * refused, because the default would take the place of a missing environment variable in silence.
 */
export const target = (rule: OptionRule): OptionRule => ({ ...rule, isTarget: true });
