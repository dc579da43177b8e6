import { describeValue } from "./describe-value.js";
import { RemoteBackendError } from "./errors.js";
import { nearest } from "./nearest.js";
import type { OptionRule } from "./option-rules.js";

/**
 * Rejects options.
 * @param owner Owner of the options, for the message.
 * @param why Reason, without a full stop and without values: one of them may be a password in the wrong place.
 * @throws RemoteBackendError `invalid-options`
 */
export function refuseOptions(owner: string, why: string): never {
  throw new RemoteBackendError("invalid-options", `${owner}: ${why}${why.endsWith("?") ? "" : "."}`);
}

/**
 * Checks the options of a constructor. Values are never quoted, except for numbers.
 * @param owner Owner of the options, for the message.
 * @param rules Rules of all known options.
 * @param otherNames Names of these options elsewhere, each with the name here, or with an instruction (in lower case,
 *   without a full stop).
 * @throws RemoteBackendError `invalid-options`, naming the option and the accepted values.
 */
export function checkOptions(
  owner: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  otherNames: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null) {
    refuseOptions(owner, `options must be an object, not ${describeValue(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) refuseOptions(owner, `there is no option '${name}'${advice(name, rules, otherNames)}`);
    const complaint = complain(rule, value);
    if (complaint !== undefined) refuseOptions(owner, `option '${name}' ${complaint}`);
  }
}

/** Suggests the option that was probably meant, or lists the known ones. */
function advice(
  name: string,
  rules: Readonly<Record<string, OptionRule>>,
  otherNames: Readonly<Record<string, string>>,
): string {
  const names = Object.keys(rules);
  const other = Object.hasOwn(otherNames, name) ? otherNames[name]! : undefined;
  const meant = other ?? nearest(name, names);
  if (meant === undefined) return `; the options are ${names.join(", ")}`;
  return names.includes(meant) ? `: did you mean '${meant}'?` : `: ${meant}`;
}

function complain(rule: OptionRule, value: unknown): string | undefined {
  if (value === undefined) return rule.isTarget ? UNDEFINED : undefined;
  if (rule.test(value)) return undefined;
  const must = `must be ${rule.accepts}`;
  const why = rule.explain?.(value);
  if (why !== undefined) return `${must}${why.startsWith("not ") ? "," : ";"} ${why}`;
  const isOtherType = value === null || (rule.types && !rule.types.includes(typeof value));
  return isOtherType || value === "" ? `${must}, not ${describeValue(value)}` : must;
}

const UNDEFINED =
  "is undefined: set the environment variable or setting that it comes from, or leave the option out for the default";
