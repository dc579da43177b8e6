import { equal, show } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { notPromisedAfterAll } from "../../not-tried.js";
import { type Call, callsOf, type Ingredients } from "./calls.js";
import { PlainModel, UNDECIDED } from "./plain-model.js";
import { type FastCheck, tryProperty } from "./property.js";
import { TriedBackend } from "./tried-backend.js";

/** Call, the instance that makes it, and the index of the existing file to use instead of any path. */
type Step = readonly [call: Call, instance: number, target: number | undefined];

/** Methods that only have an effect on an existing file. */
const TARGETED: ReadonlySet<string> = new Set(["edit", "read", "readRaw"]);

type Callable = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/**
 * Makes random calls on a backend and on the model, and compares each answer and, at the end, all files.
 * @param ingredients Ingredients of the calls.
 * @param instances Number of instances of the backend that make the calls, in random turns.
 */
export async function trySequences(
  t: CaseContext,
  ingredients: (fc: FastCheck) => Ingredients,
  instances = 1,
): Promise<void> {
  // Each sequence has a directory of its own.
  if (!t.capabilities.directories) throw notPromisedAfterAll("directories");
  const backends = [t.backend];
  while (backends.length < instances) backends.push(await t.open());

  let directories: readonly string[] = [];
  await tryProperty<readonly (Step | undefined)[]>(t, {
    values(fc, steps) {
      const of = ingredients(fc);
      directories = of.directories;
      const call = callsOf(fc, of, t.capabilities);
      const step = fc.tuple(call, fc.nat(instances - 1), fc.option(fc.nat(3), { nil: undefined, freq: 3 }));
      // Sequences have a fixed length, with gaps, so that shrinking can remove any call of a failing sequence.
      return fc.array(fc.option(step, { nil: undefined, freq: 10 }), { minLength: steps, maxLength: steps });
    },
    async holds(steps, directory, calls) {
      const model = new PlainModel(t.capabilities);
      const tried = backends.map((backend) => new TriedBackend(backend, directory, t.capabilities, calls));
      const make = async ([[method, ...given], instance, target]: Step) => {
        const { paths } = model;
        const there = target !== undefined && TARGETED.has(method) ? paths[target % paths.length] : undefined;
        const args = there === undefined ? given : [there, ...given.slice(1)];
        model.reader = instance;
        const expected = (model as unknown as Callable)[method]!(...args);
        if (expected === UNDECIDED) return;
        const answer = await (tried[instance] as unknown as Callable)[method]!(...args);
        const got = method === "ls" ? withoutEmptied(model, answer) : answer;
        const who = instances > 1 ? ` by instance ${instance + 1}` : "";
        equal(`${method}(${args.map(show).join(", ")})${who}`, got, expected);
      };
      for (const step of steps) {
        if (t.signal.aborted) return;
        if (step) await make(step);
      }
      const looks: Call[] = [
        ...model.paths.map((path) => ["readRaw", path] as const),
        ...directories.map((directory) => ["ls", directory] as const),
      ];
      for (const look of looks) {
        const { length } = calls;
        await make([look, 0, undefined]);
        // A comparison that succeeds is not part of the reported sequence.
        calls.length = length;
      }
    },
  });
}

/** Drops directories from a listing that may or may not still exist. */
function withoutEmptied(model: PlainModel, listing: unknown): unknown {
  if (!Array.isArray(listing)) return listing;
  const entries = listing as readonly { readonly path: string; readonly is_dir: boolean }[];
  return entries.filter(({ path, is_dir }) => !is_dir || !model.isEmptied(path.replace(/\/$/, "")));
}
