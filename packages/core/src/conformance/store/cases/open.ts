import { RemoteBackendError } from "../../../support/errors.js";
import { NotTried } from "../../not-tried.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";
import type { StoreSubject } from "../subject.js";

/** Returns another store on the same storage that is not open yet. */
export async function unopened(t: StoreContext): Promise<StoreSubject> {
  const store = await t.unopened();
  if (store) return store;
  throw new NotTried({ status: "not-applicable", reason: "the storage has this one store only (no `open`)" });
}

/** Tests opening and closing of a store. */
export const openCases: readonly StoreRule[] = [
  {
    id: "open/again/keeps-what-is-there",
    rule: "Opening a storage that is in use changes nothing in it.",
    async run(t) {
      await t.write("a.txt", "one");
      const other = await t.open();
      await t.holds("a.txt", "one", other);
      await t.write("b.txt", "two", other);
      await t.holds("b.txt", "two");
    },
  },
  {
    id: "open/again/at-once",
    rule: "Many instances can be opened concurrently, as when all processes of a service start.",
    async run(t) {
      const stores = await Promise.all(Array.from({ length: 8 }, () => t.open()));
      await Promise.all(stores.map((store, i) => t.write(`${i}.txt`, String(i), store)));
      for (let i = 0; i < 8; i++) await t.holds(`${i}.txt`, String(i));
    },
  },
  {
    id: "open/aborted/again",
    rule: "An opening ends soon after its deadline, and another one succeeds.",
    async run(t) {
      const store = await unopened(t);
      try {
        await store.open({ signal: AbortSignal.abort(new Error("The time is up.")) }).catch((error) => {
          if (!RemoteBackendError.is(error)) throw error;
        });
        await store.open({ signal: t.signal });
        await t.write("a.txt", "one", store);
        await t.holds("a.txt", "one");
      } finally {
        await store.close();
      }
    },
  },
  {
    id: "close/instances/others-live-on",
    rule: "Closing a store keeps its files, and other instances continue to work.",
    async run(t) {
      const store = await unopened(t);
      await store.open({ signal: t.signal });
      await t.write("a.txt", "one", store);
      await store.close();
      await t.holds("a.txt", "one");
      await t.write("a.txt", "two");
      await t.holds("a.txt", "two", await t.open());
    },
  },
  {
    id: "close/never-opened/ends",
    rule: "A store that was never opened can be closed, as happens with an unused backend.",
    async run(t) {
      const store = await unopened(t);
      await store.close();
      await t.write("a.txt", "one");
    },
  },
];
