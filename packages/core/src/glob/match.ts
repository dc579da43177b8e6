import { RemoteBackendError } from "../support/errors.js";
import type { Automaton } from "./compile.js";
import { type CharSet, SLASH } from "./syntax.js";

/**
 * Maximum number of states that a pattern may visit while its transitions are built, for all paths together: about 50
 * ms. Typical patterns need a few hundred.
 */
const MAX_STEPS = 2_000_000;

/** Set of simultaneously active states, with its transitions as far as they have been needed. */
interface ActiveSet {
  /** States that consume a character. */
  readonly takers: readonly number[];
  /** True if a path that ends here matches. */
  readonly accepts: boolean;
  /** Next set by character class. */
  readonly next: (ActiveSet | undefined)[];
}

/**
 * Returns a matcher for an automaton. It is determinized lazily, as in RE2: sets of states are built when a path first
 * needs them, and then kept. A path costs two look-ups per character, and building sets has a budget.
 * @returns A function that throws a `RemoteBackendError` `invalid-options` when the budget is used up.
 */
export function matcher(automaton: Automaton, maxSteps = MAX_STEPS): (path: string) => boolean {
  const classes = new CharClasses(automaton);
  const sets = new ActiveSets(automaton, maxSteps);
  return (path) => {
    let active = sets.first;
    for (let i = 0; i < path.length; ) {
      const char = path.codePointAt(i)!;
      const charClass = classes.of(char);
      active = active.next[charClass] ??= sets.after(active, char);
      if (active.takers.length === 0 && !active.accepts) return false;
      i += char > 0xffff ? 2 : 1;
    }
    return active.accepts;
  };
}

/** Builds and caches the sets of active states. */
class ActiveSets {
  readonly first: ActiveSet;
  readonly #automaton: Automaton;
  readonly #known = new Map<string, ActiveSet>();
  readonly #reached: StateSet;
  #steps: number;

  constructor(automaton: Automaton, maxSteps: number) {
    this.#automaton = automaton;
    this.#steps = maxSteps;
    this.#reached = new StateSet(automaton.states.length);
    this.first = this.#closure([automaton.start], true);
  }

  /** Returns the set after another character. */
  after({ takers }: ActiveSet, char: number): ActiveSet {
    const { states } = this.#automaton;
    const next: number[] = [];
    for (const index of takers) {
      const state = states[index]!;
      if (state.kind === "one" && includes(state.of, char)) next.push(state.to[0]!);
    }
    this.#spend(takers.length);
    return this.#closure(next, char === SLASH);
  }

  /** Returns the set of all states that are reachable without consuming a character. */
  #closure(start: readonly number[], atSegmentStart: boolean): ActiveSet {
    const accepts = this.#reaches(start, atSegmentStart, true).accepts;
    const { takers } = this.#reaches(start, atSegmentStart, false);
    const key = `${accepts} ${takers.sort((a, b) => a - b).join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made: ActiveSet = { takers, accepts, next: [] };
    this.#known.set(key, made);
    return made;
  }

  #reaches(start: readonly number[], atSegmentStart: boolean, atEnd: boolean) {
    const reached = this.#reached;
    reached.clear();
    for (const index of start) reached.add(index);
    const takers: number[] = [];
    let accepts = false;
    // The set grows during the iteration, as states that consume no character add their successors.
    for (let k = 0; k < reached.size; k++) {
      const state = this.#automaton.states[reached.at(k)]!;
      if (state.kind === "accept") accepts = true;
      else if (state.kind === "one") takers.push(reached.at(k));
      else if (state.kind === "split" || (state.kind === "end" ? atEnd : atSegmentStart)) {
        for (const to of state.to) reached.add(to);
      }
    }
    this.#spend(reached.size);
    return { takers, accepts };
  }

  #spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps >= 0) return;
    throw new RemoteBackendError(
      "invalid-options",
      "The glob pattern is too complex to be matched with so many names. Use fewer *, ? and groups.",
    );
  }
}

/** Groups characters into classes that no transition of the automaton distinguishes. */
class CharClasses {
  /** First code point of each class, in ascending order, starting at 0. */
  readonly #starts: Uint32Array;
  readonly #ascii: Uint32Array;

  constructor({ states }: Automaton) {
    const starts = new Set([0, SLASH, SLASH + 1]);
    for (const state of states) {
      const ranges = state.kind === "one" ? state.of.ranges : [];
      // Flat pairs: low, high, low, high.
      ranges.forEach((char, i) => {
        starts.add(i % 2 === 0 ? char : char + 1);
      });
    }
    this.#starts = Uint32Array.from(starts).sort();
    this.#ascii = Uint32Array.from({ length: 128 }, (_, char) => this.#find(char));
  }

  of(char: number): number {
    return char < 128 ? this.#ascii[char]! : this.#find(char);
  }

  /** Returns the last class that begins at or before a character. */
  #find(char: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= char) low = middle;
      else high = middle;
    }
    return low;
  }
}

function includes({ ranges, negated }: CharSet, char: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! <= char && char <= ranges[i + 1]!) return !negated;
  }
  return negated;
}

/** Set of numbers below a limit, in insertion order, cleared in constant time (Briggs and Torczon's sparse set). */
class StateSet {
  size = 0;
  readonly #members: Uint32Array;
  readonly #places: Uint32Array;

  constructor(limit: number) {
    this.#members = new Uint32Array(limit);
    this.#places = new Uint32Array(limit);
  }

  at(index: number): number {
    return this.#members[index]!;
  }

  add(member: number): void {
    const place = this.#places[member]!;
    if (place < this.size && this.#members[place] === member) return;
    this.#places[member] = this.size;
    this.#members[this.size++] = member;
  }

  clear(): void {
    this.size = 0;
  }
}
