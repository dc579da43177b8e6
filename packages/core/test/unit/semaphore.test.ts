import { expect, it } from "@jest/globals";
import { Semaphore } from "../../src/adapter.js";

it("admits in order of arrival, and immediately while permits are free", async () => {
  const semaphore = new Semaphore(1);
  expect(semaphore.acquire()).toBe(true);
  const admitted: string[] = [];
  const waiting = ["first", "second"].map(async (name) => {
    await semaphore.acquire();
    admitted.push(name);
    semaphore.release();
  });
  semaphore.release();
  await Promise.all(waiting);
  expect(admitted).toEqual(["first", "second"]);
  expect(semaphore.acquire()).toBe(true);
  expect(await semaphore.acquire(1)).toBe(false);
});

it("gives up at the deadline and on a signal, and passes the permit to the next", async () => {
  const semaphore = new Semaphore(1);
  semaphore.acquire();
  const controller = new AbortController();
  const late = semaphore.acquire(1);
  const aborted = semaphore.acquire(60_000, controller.signal);
  const last = semaphore.acquire(60_000);
  expect(await late).toBe(false);
  controller.abort();
  expect(await aborted).toBe(false);
  semaphore.release();
  expect(await last).toBe(true);
});

it("releases the permit of a task that fails", async () => {
  const semaphore = new Semaphore(1);
  const failed = semaphore.run(() => Promise.reject(new Error("failed")));
  const next = semaphore.run(async () => "ran");
  await expect(failed).rejects.toThrow("failed");
  expect(await next).toBe("ran");
});
