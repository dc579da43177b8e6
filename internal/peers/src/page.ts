import { fileURLToPath } from "node:url";
import { table } from "@deepagents-internal/docs/markdown";
import { allCases, CAPABILITIES, FAMILIES } from "@deepagents-remote/core/conformance";
import type { BackendData, Comparison, Status } from "./data.js";
import { type Finding, findings } from "./findings.js";

const docs = new URL("../../../docs/conformance/", import.meta.url);

/** Path of the comparison data. */
export const dataFile = fileURLToPath(new URL("backends.json", docs));

/** Path of the page. */
export const pageFile = fileURLToPath(new URL("backends.md", docs));

const MARKS: Readonly<Record<Status, string>> = {
  passed: "✓",
  failed: "✗",
  warning: "✗",
  "known-failure": "✗",
  "at-times": "~",
  "not-promised": "–",
  "not-applicable": "–",
  unavailable: "–",
  skipped: "–",
};

/** Renders the page about a comparison. */
export function page(data: Comparison): string {
  return `${[
    "<!-- Written by `npm run compare`, from backends.json beside it. -->",
    "# Backends compared",
    introduction(data),
    "## How to read it",
    HOW_TO_READ,
    "## Levels and counts",
    summary(data),
    "## What is promised",
    "By the backend itself or, where it promises nothing by itself, for it.",
    promises(data),
    "## Defects found",
    "Each with cases that show it. What a rule says and what usually breaks it is on the [pages of the families](README.md).",
    ...defects(data),
    "## Tried although not promised",
    "Nobody fails by these, and no level depends on them: they show what a user may run into all the same.",
    trials(data),
    "## Cases that a backend fails",
    "✓ passed, ✗ failed, ~ failed in one of two runs, – not promised, or not applicable. Cases that are not here fail nowhere.",
    ...failures(data),
    "## Versions",
    table(
      ["", "version"],
      Object.entries(data.versions).map(([name, version]) => [name, version]),
    ),
  ].join("\n\n")}\n`;
}

const introduction = ({ date, edition, cases, backends }: Comparison): string =>
  `What the [conformance suite](README.md) finds in the backends for Deep Agents that exist, ours among them: ${Object.keys(cases).length} cases of edition ${edition} on ${Object.keys(backends).length} backends, run on ${date} by \`npm run compare\`, which anybody can repeat. These are other people's good work, made for purposes of their own and before there was a suite to run. What follows is about the [versions](#versions) that were tried, so that users know what to rely on, and maintainers can see a defect for themselves.`;

const HOW_TO_READ = [
  "- A case of source `deepagents` or `tools` is tried on every backend: types, tools and middleware of deepagents ask for it. One of source `ours` is this project's reading, and is tried only where a capability is promised, or where the lack of one must show; so nobody fails by our taste.",
  "- A promise is made for a backend only where its own types or documentation make it. `outage` and `readOutage` are no promises of a backend: they say that the comparison can take its service away.",
  "- Each run has a process of its own. Backends of others are run twice; what differs between the two is marked `~`.",
  "- FilesystemBackend searches by `rg` where that is on the PATH, and otherwise by itself, with other results. It is tried without.",
  "- StateBackend stands in a graph's run that waits; an agent in a `host/` case has it as a backend from outside, not as its own state.",
  "- CompositeBackend is tried over our MemoryBackend, so that what fails is its own.",
  "- deepagents-s3-backend implements the first version of the protocol; it is tried as deepagents takes it, through its adapter, on MinIO, in a bucket for each case.",
].join("\n");

function summary({ backends, cases }: Comparison): string {
  const rows = Object.entries(backends).map(([name, backend]) => {
    const statuses = Object.values(cases).map((one) => one[name] ?? "passed");
    const count = (...some: Status[]) => String(statuses.filter((status) => some.includes(status)).length);
    return [
      backend.name,
      `${backend.package} ${backend.version}`,
      backend.level ?? "none",
      count("passed"),
      count("failed"),
      count("at-times"),
      count("not-promised"),
      count("not-applicable", "skipped", "unavailable"),
    ];
  });
  const head = [
    "backend",
    "package",
    "level",
    "passed",
    "failed",
    "at times",
    "not promised",
    "not applicable",
  ];
  return table(head, rows);
}

function promises({ backends }: Comparison): string {
  const all = Object.values(backends);
  const rows = Object.entries(CAPABILITIES).map(([name, meaning]) => [
    `\`${name}\`: ${meaning}`,
    ...all.map((backend) => MARKS[backend.promises[name] ? "passed" : "not-promised"]),
  ]);
  return table(["capability", ...all.map(({ name }) => name)], rows);
}

/** Renders the defects by backend. */
function defects({ backends }: Comparison): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const title = finding.backends.map((name) => backends[name]?.name ?? name).join(", ");
    groups.set(title, [...(groups.get(title) ?? []), finding]);
  }
  return [...groups].flatMap(([title, own]) => [
    `### ${title}`,
    own.map((finding) => `- ${finding.what} (${shownBy(finding)})`).join("\n"),
  ]);
}

function shownBy({ cases, test }: Finding): string {
  const tests = test === undefined ? [] : [`[${test}](../../internal/peers/test/${test})`];
  return [...cases.map((id) => `\`${id}\``), ...tests].join(", ");
}

function trials({ backends }: Comparison): string {
  const rows = Object.values(backends).flatMap((backend: BackendData) =>
    Object.entries(backend.trial).map(([id, status]) => [backend.name, `\`${id}\``, MARKS[status]]),
  );
  return table(["backend", "case", ""], rows);
}

/** Renders the failed cases, with one table per family. */
function failures({ backends, cases }: Comparison): string[] {
  const names = Object.keys(backends);
  const failing = allCases.filter(({ id }) =>
    Object.values(cases[id] ?? {}).some((status) => status === "failed" || status === "at-times"),
  );
  return Object.keys(FAMILIES).flatMap((family) => {
    const own = failing.filter(({ id }) => id.startsWith(`${family}/`));
    if (own.length === 0) return [];
    const rows = own.map(({ id, source }) => [
      `\`${id}\``,
      source,
      ...names.map((name) => MARKS[cases[id]?.[name] ?? "passed"]),
    ]);
    return [
      `### [\`${family}/\`](${family}.md)`,
      table(["case", "source", ...names.map((name) => backends[name]!.name)], rows),
    ];
  });
}
