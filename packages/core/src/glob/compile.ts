import type { CharSet, Node } from "./syntax.js";

/** State of the automaton. `split` and the assertions consume no character. */
type State =
  | { readonly kind: "accept" }
  | { readonly kind: "split"; readonly to: readonly number[] }
  | { readonly kind: "one"; readonly of: CharSet; readonly to: readonly number[] }
  | { readonly kind: "segment-start" | "end"; readonly to: readonly number[] };

/** Nondeterministic automaton, whose size is linear in the size of the tree. */
export interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
}

/** Compiles a tree by Thompson's construction, from the end of the pattern to its start. */
export function compile(tree: Node): Automaton {
  const states: State[] = [{ kind: "accept" }];
  const push = (state: State) => states.push(state) - 1;

  /** Adds the states of `node`, which lead to `next`, and returns the first. */
  const add = (node: Node, next: number): number => {
    switch (node.kind) {
      case "sequence":
        return node.nodes.reduceRight((to, child) => add(child, to), next);
      case "choice":
        return push({ kind: "split", to: node.nodes.map((child) => add(child, next)) });
      case "repeat": {
        if (!node.many) return push({ kind: "split", to: [add(node.node, next), next] });
        const to = [next];
        const again = push({ kind: "split", to });
        to.push(add(node.node, again));
        return node.optional ? again : to[1]!;
      }
      case "one":
        return push({ kind: "one", of: node.of, to: [next] });
      default:
        return push({ kind: node.kind, to: [next] });
    }
  };

  const start = add(tree, 0);
  return { states, start };
}
