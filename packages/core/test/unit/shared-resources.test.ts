import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { SharedResources, settingsDigest } from "../../src/adapter.js";

/** Resource whose close takes until `finish` is called. */
class Resource {
  closes = 0;
  finish = () => {};
  close(): Promise<void> {
    this.closes++;
    return new Promise((resolve) => {
      this.finish = resolve;
    });
  }
}

const open = () => new Resource();

describe("shared resources", () => {
  it("are one for all concurrent leases with the same digest, and closed by the last release", async () => {
    const resources = new SharedResources<Resource>();
    const leases = await Promise.all(Array.from({ length: 20 }, async () => resources.lease("a", open)));
    const { resource } = leases[0]!;
    expect(new Set(leases.map((lease) => lease.resource))).toEqual(new Set([resource]));
    const last = leases.pop()!;
    await Promise.all(leases.map((lease) => lease.release()));
    expect(resource.closes).toBe(0);
    let isClosed = false;
    const released = last.release().then(() => {
      isClosed = true;
    });
    expect(resource.closes).toBe(1);
    await Promise.resolve();
    expect(isClosed).toBe(false);
    resource.finish();
    await released;
  });

  it("are released once by a lease, however often it is released", () => {
    const resources = new SharedResources<Resource>();
    const [first, second] = [resources.lease("a", open), resources.lease("a", open)];
    const { resource } = first;
    void first.release();
    void first.release();
    expect(resource.closes).toBe(0);
    void second.release();
    void second.release();
    expect(resource.closes).toBe(1);
  });

  it("are opened again while the former one is closing, and after open() failed", () => {
    const resources = new SharedResources<Resource>();
    const refuse = () => {
      throw new Error("refused");
    };
    expect(() => resources.lease("a", refuse)).toThrow("refused");
    const former = resources.lease("a", open);
    void former.release();
    const next = resources.lease("a", open);
    expect(next.resource).not.toBe(former.resource);
    expect(resources.lease("a", open).resource).toBe(next.resource);
  });

  it("are not shared with another digest, or without one", () => {
    const resources = new SharedResources<Resource>();
    const leases = ["a", "b", undefined, undefined].map((digest) => resources.lease(digest, open));
    expect(new Set(leases.map(({ resource }) => resource)).size).toBe(4);
  });

  it("are closed after the owner of the last lease was garbage-collected", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const resources = new SharedResources<Resource>();
    const { resource } = (() => {
      const lease = resources.lease("a", open);
      lease.releaseWith({});
      return lease;
    })();
    for (let i = 0; i < 200 && resource.closes === 0; i++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(resource.closes).toBe(1);
  });
});

describe("digests of settings", () => {
  const password = () => "secret";
  const agent = new URL("http://localhost");
  class Agent {}
  const one = new Agent();

  it.each<[string, unknown, unknown]>([
    ["plain values", { a: [1, "x"], b: null }, { a: [1, "x"], b: null }],
    ["plain objects of another realm", { a: {} }, { a: runInNewContext("({})") }],
    ["the same function", { password }, { password }],
    ["the same instance", { one }, { one }],
    ["the same bytes", { ca: Buffer.from("x") }, { ca: Buffer.from("x") }],
    ["the same URL", { agent }, { agent: new URL(agent) }],
  ])("are equal for %s", (_, a, b) => {
    expect(settingsDigest(a)).toBe(settingsDigest(b));
  });

  it.each<[string, unknown, unknown]>([
    ["values", { password: "a" }, { password: "b" }],
    ["functions", { password }, { password: () => password() }],
    ["instances", { one }, { one: new Agent() }],
    ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ])("differ for other %s", (_, a, b) => {
    expect(settingsDigest(a)).not.toBe(settingsDigest(b));
  });

  it("contain no secret", () => {
    expect(settingsDigest({ password: "swordfish" })).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it("are undefined for circular settings", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(settingsDigest(circular)).toBeUndefined();
  });
});
