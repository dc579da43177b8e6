import { expect, it } from "@jest/globals";
import { loadOptional } from "../../src/conformance/optional-package.js";

it("loads a package that is installed, and an entry of one", async () => {
  expect(await loadOptional("deepagents")).toHaveProperty("createDeepAgent");
  expect(await loadOptional("@langchain/core/messages")).toHaveProperty("AIMessage");
});

it.each([
  ["no-such-package", "no-such-package is not installed"],
  ["@no-such/package", "@no-such/package is not installed"],
])("says that %s is not installed", async (name, reason) => {
  await expect(loadOptional(name)).rejects.toMatchObject({ untried: { status: "unavailable", reason } });
});

it("says why a package that is installed cannot be loaded", async () => {
  await expect(loadOptional("data:text/javascript,throw new Error('too old')")).rejects.toMatchObject({
    untried: { status: "unavailable", reason: "data:text cannot be loaded: too old" },
  });
});
