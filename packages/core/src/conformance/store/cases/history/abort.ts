import { RemoteBackendError } from "../../../../support/errors.js";
import { equal } from "../../../assert.js";
import type { StoreContext } from "../../context.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { repeatTransient } from "../../repeat.js";

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
};

/** Makes one call of each method with this signal. */
async function calls(t: StoreContext, signal: AbortSignal): Promise<Record<string, () => Promise<unknown>>> {
  const history = new HistoryContext(t);
  const snapshot = await history.resolve({ version: (await history.newest("a.txt")).id });
  const options = { ...t.options, signal };
  const { id } = await history.newest("a.txt");
  const { store } = history;
  return {
    versions: () => store.versions(t.at("a.txt"), { ...options, limit: 10 }),
    "get-version": () => store.getVersion(t.at("a.txt"), id, options),
    resolve: () => store.resolve({ version: id }, options),
    "get-at": () => store.getAt([t.at("a.txt")], snapshot, options),
    "list-at": () => drain(store.listAt(t.at(""), snapshot, { ...options, recursive: true })),
    "changed-since": () => drain(store.changedSince(t.at(""), snapshot, options)),
    changes: () => store.changes(t.at(""), { ...options, limit: 10 }),
    erase: () => store.erase(t.at("b.txt"), { ...options, scope: "file" }),
  };
}

const METHODS = [
  "versions",
  "get-version",
  "resolve",
  "get-at",
  "list-at",
  "changed-since",
  "changes",
  "erase",
];

/** Tests calls that are aborted. */
export const historyAbortCases: readonly StoreRule[] = METHODS.map((method) => ({
  id: `history/abort/${method}`,
  rule: "A call whose signal is aborted, before it or while it runs, ends with an answer or an error of the contract, and the store continues to work.",
  needs: "history",
  async run(t) {
    for (const content of ["one", "two"]) await t.fill(["a.txt", "b.txt"], content);
    for (const turns of [undefined, 0, 1, 2, 5]) {
      const controller = new AbortController();
      const call = (await calls(t, controller.signal))[method]!;
      if (turns === undefined) controller.abort(new Error("The time is up."));
      const ended = call().catch((error: unknown) => {
        if (!RemoteBackendError.is(error)) throw error;
      });
      for (let turn = 0; turn < (turns ?? 0); turn++) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error("The time is up."));
      await ended;
      const contents = await repeatTransient(() => new HistoryContext(t).contents("a.txt"));
      equal("contents", contents, ["one", "two"]);
    }
  },
}));
