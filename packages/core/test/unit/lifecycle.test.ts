import { expect, it } from "@jest/globals";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend } from "../../src/index.js";

it.each(["opens", "fails to open"])("a store is closed only when it no longer %s", async (outcome) => {
  const events: string[] = [];
  let end = () => {};
  const store = layer(new MemoryFileStore(), {
    async open() {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      events.push(outcome);
      if (outcome !== "opens") throw new Error(outcome);
    },
    async close() {
      events.push("closed");
    },
  });
  const backend = new RemoteBackend(store);
  const opening = backend.initialize().catch(() => {});
  const closing = backend.close();
  end();
  await Promise.all([opening, closing]);
  expect(events).toEqual([outcome, "closed"]);
});
