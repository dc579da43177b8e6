import { describe, expect, it, jest } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { RemoteBackend } from "../src/backend/remote-backend.js";
import { runConformance } from "../src/conformance/index.js";
import { defineBackendTests } from "../src/conformance/jest.js";
import { FlatBackend } from "./conformance/flat-backend.js";
import { Service } from "./conformance/service.js";

const service = new Service();
defineBackendTests({
  name: "RemoteBackend over a service that goes away",
  timeoutMs: 600_000,
  create: ({ name }) => ({
    backend: new RemoteBackend(service.store, { namespace: [name] }),
    outage: () => service.takeAway("everything"),
    readOutage: () => service.takeAway("reads"),
    deadConnections: () => service.killConnections(),
  }),
  capabilities: { ownRoot: true },
  only: ["outage/", "read-outage/", "dead-connections/"],
});

const losing = new Service(5);
defineBackendTests({
  name: "RemoteBackend over a service that loses answers",
  timeoutMs: 600_000,
  create: ({ name }) => {
    const open = () => new RemoteBackend(losing.store, { namespace: [name] });
    return { backend: open(), open, loseAnswer: (lost) => losing.loseAnswer(lost) };
  },
  capabilities: { ownRoot: true },
  only: ["lost-answers/"],
});

const maxFileBytes = 64 * 1024;
defineBackendTests({
  name: "MemoryBackend with limits",
  timeoutMs: 600_000,
  create: () => new MemoryBackend({ maxFileBytes }),
  capabilities: { ownRoot: true, maxPathBytes: 1_024, maxFileBytes },
  only: ["limits/"],
});

// Its limit of paths holds with the directory that each case has.
const shared = new MemoryBackend({ maxFileBytes, writeMode: "overwrite" });
defineBackendTests({
  name: "MemoryBackend in overwrite mode with one root and limits",
  timeoutMs: 600_000,
  create: () => shared,
  capabilities: { maxPathBytes: 1_024, maxFileBytes },
  only: ["limits/"],
});

it("a backend may need many attempts to recover from an outage", async () => {
  const away = new Service();
  let failures = 0;
  const report = await runConformance({
    name: "reconnects slowly",
    timeoutMs: 600_000,
    create: ({ name }) => {
      const backend = new RemoteBackend(away.store, { namespace: [name] });
      const read = backend.read.bind(backend);
      backend.read = async (...args) => (failures-- > 0 ? { error: "Reconnecting." } : read(...args));
      const outage = () => {
        const end = away.takeAway("everything");
        return () => {
          failures = 40;
          end();
        };
      };
      return { backend, outage };
    },
    capabilities: { ownRoot: true },
    only: ["outage/end/"],
  });
  expect(report.failed.map(({ reason }) => reason)).toEqual([]);
  expect(report.passed).toHaveLength(2);
});

describe("a backend without directories", () => {
  it("fails no case, and gets a list of those that need directories", async () => {
    // deepagents warns of what is refused.
    const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
    const report = await runConformance({
      name: "FlatBackend",
      timeoutMs: 600_000,
      create: () => new FlatBackend(new Service().files),
      capabilities: { ownRoot: true, directories: false, maxPathBytes: 1_024 },
    });
    warn.mockRestore();
    expect(report.failed.map(({ reason }) => reason)).toEqual([]);
    const ids = (some: typeof report.results) => some.map((result) => result.case.id);
    expect(ids(report.passed)).toEqual(
      expect.arrayContaining([
        "write/answer/shape",
        "directories/refused/write",
        "limits/path/longest-works/ascii",
      ]),
    );
    expect(ids(report.notPromised)).toEqual(
      expect.arrayContaining(["write/new/any-depth", "model/text/plain", "delete/directory/prefix-sibling"]),
    );
    expect(report.passed.length).toBeGreaterThan(150);
    expect(report.levelResult?.obstacles).toContain("directories not promised");
  });
});
