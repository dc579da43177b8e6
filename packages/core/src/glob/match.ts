import type { Automaton } from "./compile.js";
import { type CharSet, SLASH } from "./syntax.js";

/**
 * Makes the test of an automaton: it follows all its states at once, so that a path costs its length times the
 * number of states at most, whatever the pattern.
 */
export function matcher({ states, start }: Automaton): (path: string) => boolean {
  let active = new StateSet(states.length);
  let next = new StateSet(states.length);
  return (path) => {
    active.clear();
    active.add(start);
    let before = SLASH;
    for (let i = 0; ; i += before > 0xffff ? 2 : 1) {
      const char = path.codePointAt(i);
      next.clear();
      // The set grows while it is walked: states that take no character pass on to their successors.
      for (let k = 0; k < active.size; k++) {
        const state = states[active.at(k)]!;
        if (state.kind === "accept") {
          if (char === undefined) return true;
        } else if (state.kind === "one") {
          if (char !== undefined && includes(state.of, char)) next.add(state.to[0]!);
        } else if (state.kind === "split" || (state.kind === "end" ? char === undefined : before === SLASH)) {
          for (const to of state.to) active.add(to);
        }
      }
      if (char === undefined || next.size === 0) return false;
      [active, next] = [next, active];
      before = char;
    }
  };
}

function includes({ ranges, negated }: CharSet, char: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! <= char && char <= ranges[i + 1]!) return !negated;
  }
  return negated;
}

/** Numbers below a limit, in the order they came; emptied at once (Briggs and Torczon's sparse set). */
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
