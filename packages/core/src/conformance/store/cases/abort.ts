import { HealthReport } from "../../../store/health-report.js";
import { RemoteBackendError } from "../../../support/errors.js";
import { check, equal } from "../../assert.js";
import type { StoreCapability } from "../capabilities.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";
import { manyNames } from "./fixtures.js";

/** Waits for a call to end; foreign exceptions are already detected elsewhere. */
const ended = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => {
    if (!RemoteBackendError.is(error)) throw error;
  });

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
};

/** Makes one call of each method with this signal, on existing files. */
function calls(t: StoreContext, signal: AbortSignal): Record<string, () => Promise<unknown>> {
  const options = { ...t.options, signal };
  const changes = manyNames(40).map((name) => t.change(`new/${name}`, "y\n", "overwrite"));
  return {
    get: () => t.store.get([t.at("kept/a.txt"), t.at("no")], options),
    list: () => drain(t.store.list(t.at(""), { ...options, recursive: true })),
    "list-rolled-up": () => drain(t.store.list(t.at(""), { ...options, recursive: false })),
    put: () => t.store.put(changes, options),
    swap: async () => t.store.put([t.change("kept/a.txt", "y\n", await t.file("kept/a.txt"))], options),
    delete: () => t.store.delete(t.at("kept"), { ...options, scope: "all" }),
    search: () => drain(t.store.search(t.at(""), "x", { ...options, accept: () => true, limit: 10 })),
    "read-lines": () => t.store.readLines(t.at("kept/a.txt"), 0, 10, options),
    check: () => t.store.check(new HealthReport(), options),
  };
}

const METHODS: Readonly<Record<string, StoreCapability | undefined>> = {
  get: undefined,
  list: undefined,
  "list-rolled-up": undefined,
  put: undefined,
  swap: undefined,
  delete: undefined,
  search: "search",
  "read-lines": "readLines",
  check: "check",
};

/** Fails unless each file has its old or its new content, and the store still works. */
async function isWhole(t: StoreContext): Promise<void> {
  for (const file of await t.files(await t.keys())) {
    check(["x\n", "y\n"].includes(String(file?.content)), "content", "whole", file);
  }
  await t.write("after.txt", "works");
  await t.holds("after.txt", "works");
}

/** Tests calls that are aborted. */
export const abortCases: readonly StoreRule[] = [
  ...Object.entries(METHODS).flatMap(([method, needs]): StoreRule[] => [
    {
      id: `abort/before/${method}`,
      rule: "A call whose signal is already aborted ends and leaves no partial file, and the store continues to work.",
      ...(needs && { needs }),
      async run(t) {
        await t.fill(["kept/a.txt", "kept/b.txt"]);
        await ended(calls(t, AbortSignal.abort(new Error("The time is up.")))[method]!());
        await isWhole(t);
      },
    },
    {
      id: `abort/during/${method}`,
      rule: "A call whose signal is aborted while it runs ends and leaves no partial file, and the store continues to work.",
      ...(needs && { needs }),
      async run(t) {
        await t.fill(["kept/a.txt", "kept/b.txt"]);
        // Different numbers of event-loop turns abort the call at different points.
        for (const turns of [0, 1, 2, 5]) {
          const controller = new AbortController();
          const call = ended(calls(t, controller.signal)[method]!());
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
          controller.abort(new Error("The time is up."));
          await call;
          if (method === "swap" || method === "delete") await t.fill(["kept/a.txt", "kept/b.txt"]);
        }
        await isWhole(t);
      },
    },
  ]),
  {
    id: "abort/again/made-once",
    rule: "A change that is retried after an aborted call is applied exactly once.",
    async run(t) {
      for (const turns of [0, 1, 3]) {
        const name = `${turns}.txt`;
        const file = await t.write(name, "one");
        const change = t.change(name, "two", file);
        const controller = new AbortController();
        const first = ended(t.store.put([change], { ...t.options, signal: controller.signal }));
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        controller.abort(new Error("The time is up."));
        await first;
        await t.made([change]);
        const { content, writeIds } = await t.file(name);
        equal("content", content, "two");
        equal("ids", writeIds, [change.id, ...file.writeIds]);
      }
    },
  },
];
