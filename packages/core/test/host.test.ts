import { expect, it } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { writePolicy } from "../src/backend/write-mode.js";
import { allCases, type ConformanceOptions, runCase } from "../src/conformance/index.js";

const tryCase = (id: string, create: ConformanceOptions["create"]) =>
  runCase(allCases.find((one) => one.id === id)!, {
    name: id,
    create,
    timeoutMs: 600_000,
    capabilities: { ownRoot: true },
  });

// `write` treats these areas differently: under other names a repeated step would lose a result, or a history.
it.each([
  ["host/tool-results/step-repeated", /^large_tool_results\/[^/]+\.txt$/, "overwrite"],
  ["host/history/appended", /^conversation_history\/[^/]+\.md$/, "grow"],
  ["host/history/long-message", /^conversation_history\/[^/.]+$/, "grow"],
])("in %s deepagents writes to the expected paths", async (id, area, policy) => {
  const backend = new MemoryBackend();
  expect(await tryCase(id, () => backend)).toMatchObject({ status: "passed" });
  const { files = [] } = await backend.glob("*/**");
  const paths = files.map(({ path }) => path.slice(1));
  expect(paths).toEqual([expect.stringMatching(area)]);
  expect(writePolicy("create", paths[0]!)).toBe(policy);
});

it.each(["host/tools/no-delete", "host/memory/learned"])(
  "in %s deepagents does not get the methods that the backend lacks",
  async (id) => {
    const create = () => {
      const missing = { delete: undefined, uploadFiles: undefined, downloadFiles: undefined };
      return Object.assign(new MemoryBackend(), missing) as unknown as MemoryBackend;
    };
    expect(await tryCase(id, create)).toMatchObject({ status: "passed" });
  },
);

it("does not trace the suite's agents, unlike those of its user", async () => {
  const before = process.env.LANGSMITH_TRACING;
  process.env.LANGSMITH_TRACING = "true";
  const seen = new Set<string | undefined>();
  class Seeing extends MemoryBackend {
    override read(...args: Parameters<MemoryBackend["read"]>) {
      seen.add(process.env.LANGSMITH_TRACING);
      return super.read(...args);
    }
  }
  try {
    expect(await tryCase("host/tools/empty-file", () => new Seeing())).toMatchObject({ status: "passed" });
    expect([...seen]).toEqual(["false"]);
    expect(process.env.LANGSMITH_TRACING).toBe("true");
    expect(process.env).not.toHaveProperty("LANGCHAIN_TRACING_V2");
  } finally {
    if (before === undefined) delete process.env.LANGSMITH_TRACING;
    else process.env.LANGSMITH_TRACING = before;
  }
});
