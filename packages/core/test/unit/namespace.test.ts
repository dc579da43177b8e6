import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { resolveNamespace } from "../../src/backend/namespace.js";

const root = (...components: string[]) => resolveNamespace(components)();

describe("resolveNamespace", () => {
  it("leaves ordinary components readable", () => {
    expect(root("acme", "bob@example.org")).toBe("acme/bob@example.org/");
  });

  it.each([
    ["a/b", "a%2Fb/"],
    [".", "%2E/"],
    ["..", "%2E%2E/"],
    ["100%", "100%25/"],
    ["\n", "%0A/"],
    ["...", ".../"],
  ])("encodes %j", (component, encoded) => expect(root(component)).toBe(encoded));

  it("never maps two namespaces to one root, nor nests one in another that is not its prefix", () => {
    const component = fc.oneof(
      fc.constantFrom(
        "a",
        "b",
        "ab",
        ".",
        "..",
        "/",
        "%",
        "%2F",
        "a/b",
        "a%2Fb",
        "@",
        "é",
        "e\u0301",
        "%2E",
        "%252F",
      ),
      fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom("a", "/", "%", ".", "2", "F", "E") }),
    );
    const namespace = fc.array(component, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(namespace, namespace, (a, b) => {
        const isPrefix = a.length <= b.length && a.every((c, i) => c === b[i]);
        expect(root(...b).startsWith(root(...a))).toBe(isPrefix);
      }),
      { seed: 1, numRuns: 10_000 },
    );
  });

  it("calls a function each time", () => {
    let user = "ann";
    const resolve = resolveNamespace(() => [user]);
    expect(resolve()).toBe("ann/");
    user = "bob";
    expect(resolve()).toBe("bob/");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("secret");
      },
      "function given as 'namespace' failed",
    ],
    ["returns nothing", () => [], "no component"],
    ["returns no array", () => "acme" as never, "must be an array"],
    ["returns an empty component", () => ["a", ""], "non-empty"],
    ["returns a promise", () => Promise.reject(new Error("no user")) as never, "returned a promise"],
  ])("refuses a function that %s", (_, namespace, message) => {
    expect(() => resolveNamespace(namespace)()).toThrow(message);
  });

  it("refuses an invalid array immediately", () => {
    // biome-ignore lint/suspicious/noSparseArray: that is the case.
    expect(() => resolveNamespace([, "bob"] as never)).toThrow("non-empty");
    expect(() => resolveNamespace(["a", "\ud800"])).toThrow("well-formed");
  });
});
