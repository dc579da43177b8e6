import { nearest } from "./nearest.js";

/** Values that an option accepts, as a description and a test. */
export interface OptionRule {
  readonly accepts: string;
  /** Returns true if the option accepts the value. */
  readonly test: (value: unknown) => boolean;
  /**
   * Accepted types, as `typeof` names them. The message names the type of a value of another type. Without this it
   * names none, so that no message both asks for a string and refuses one.
   */
  readonly types?: readonly string[];
  /** Explains what is wrong with a value that `test` refuses, and what to do. It must not quote strings. */
  readonly explain?: (value: unknown) => string | undefined;
  /** True if the option decides where files are stored: an explicit `undefined` is then refused. */
  readonly isTarget?: boolean;
}

/** Accepts a non-empty string. */
export const text: OptionRule = {
  accepts: "a non-empty string",
  test: (value) => typeof value === "string" && value !== "",
  types: ["string"],
};

/** Accepts `true` or `false`. */
export const flag: OptionRule = {
  accepts: "true or false",
  test: (value) => typeof value === "boolean",
  types: ["boolean"],
};

/** Accepts a function, a class included. */
export const callable: OptionRule = {
  accepts: "a function",
  test: (value) => typeof value === "function",
  types: ["function"],
};

/** Accepts an integer within bounds. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): OptionRule {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    accepts: `a whole number ${bounds}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    types: ["number"],
    explain: (value) => (typeof value === "number" ? `not ${value}` : undefined),
  };
}

/** Accepts a time in milliseconds. Node's timers end at 2,147,483,647 (24 days) and treat larger values as 1. */
export const milliseconds: OptionRule = integer(1, 2 ** 31 - 1);

/** Accepts one of a few words. */
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

/** Accepts any value that one of the rules accepts. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return {
    accepts: rules.map((rule) => rule.accepts).join(", or "),
    test: (value) => rules.some((rule) => rule.test(value)),
    types: rules.flatMap(({ types = [] }) => types),
    explain: (value) => rules.map((rule) => rule.explain?.(value)).find((why) => why !== undefined),
  };
}

/**
 * Marks an option that decides where files are stored, such as the address of a database. An explicit `undefined` is
 * refused, because the default would silently replace a missing environment variable.
 */
export const target = (rule: OptionRule): OptionRule => ({ ...rule, isTarget: true });
