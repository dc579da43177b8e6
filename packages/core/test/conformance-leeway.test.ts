import { expect, it } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { type ConformanceOptions, runConformance } from "../src/conformance/index.js";
import type { BackendProtocolV2 } from "../src/protocol/protocol.js";

type Answer = Readonly<Record<string, unknown>>;
type Change = (answer: Answer, method: string) => Answer;

const maxFileBytes = 512 * 1024;

const items = (answer: Answer, key: string, change: (item: Answer) => Answer): Answer =>
  Array.isArray(answer[key]) ? { ...answer, [key]: answer[key].map(change) } : answer;

/** A backend whose answers are changed, on files of its own. */
function changed(change: Change): BackendProtocolV2 {
  return new Proxy(new MemoryBackend({ maxFileBytes }), {
    get(target, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        const answer = await value.apply(target, args);
        return Array.isArray(answer) ? answer : change(answer, String(method));
      };
    },
  });
}

const withoutPositions: Change = ({
  startLine: _,
  endLine: __,
  totalLines: ___,
  nextOffset: ____,
  ...answer
}) => answer;

const withoutType: Change = ({ mimeType: _, ...answer }) => answer;

const withMore: Change = (answer) =>
  items(
    items({ ...answer, metadata: { revision: "7" } }, "matches", (match) => ({ ...match, column: 1 })),
    "files",
    (file) => ({
      ...file,
      owner: "me",
    }),
  );

const inOtherWords: Change = (answer, method) =>
  typeof answer.error === "string" && method !== "ls" && method !== "delete"
    ? { ...answer, error: "Error: that cannot be done" }
    : answer;

/** Whole seconds, and the zone as an offset. */
const otherTime = (time: unknown) => String(time).replace(/\.\d+Z$/, "+00:00");

const inOtherTimes: Change = (answer) => {
  const data = answer.data as Answer | undefined;
  const listed = items(answer, "files", (file) =>
    file.modified_at ? { ...file, modified_at: otherTime(file.modified_at) } : file,
  );
  if (data === undefined) return listed;
  const { created_at, modified_at } = data;
  return {
    ...listed,
    data: { ...data, created_at: otherTime(created_at), modified_at: otherTime(modified_at) },
  };
};

const families = ["read/", "read-raw/", "types/", "ls/", "write/", "edit/", "delete/", "grep/", "glob/"];
const more = ["paths/", "upload/bytes/", "host/failures/", "host/tool-results/"];

it.each<[string, Change, ConformanceOptions["capabilities"]]>([
  ["has no positions", withoutPositions, { positions: false }],
  ["tells no types", withoutType, { detectsTypes: false }],
  ["tells more than it must", withMore, {}],
  ["has words of its own", inOtherWords, { errorWords: false, lookAlikes: false }],
  ["has whole seconds and an offset", inOtherTimes, { times: false }],
])("a backend passes that %s", async (name, change, capabilities) => {
  const report = await runConformance({
    name,
    create: () => changed(change),
    timeoutMs: 600_000,
    only: [...families, ...more],
    capabilities: { ownRoot: true, maxFileBytes, maxPathBytes: 512, ...capabilities },
  });
  expect(report.failed.map(({ reason }) => reason)).toEqual([]);
});
