import { table } from "@deepagents-internal/docs/markdown";
import type { Result, Traffic, WayResult } from "../framework/measurement.js";
import { ratio, spread } from "../framework/statistics.js";
import type { Report } from "./report.js";
import { short } from "./text.js";

/** Dollars per thousand requests: S3 Standard in us-east-1. DELETEs are free, and so is traffic within a region. */
const PRICES = { write: 0.005, read: 0.0004, free: 0 };

/** Returns the price of a million such operations, in dollars. */
const dollars = ({ requests }: Traffic): number =>
  Object.entries(PRICES).reduce(
    (sum, [kind, price]) => sum + requests[kind as keyof typeof PRICES] * price * 1_000,
    0,
  );

const NOTE: Readonly<Record<string, string>> = { different: " †" };

/** Returns a ratio with its spread. */
function times(numerator: WayResult, denominator: WayResult): string {
  if (numerator.rounds.length === 0 || denominator.rounds.length === 0) return "fails";
  const { median, low, high } = ratio(numerator.rounds, denominator.rounds);
  return `${short(median)} (${short(low)}–${short(high)})`;
}

/** Renders measurements: our figure, our ratio to the plain client, and those of others to ours. */
function comparisonTable(results: readonly Result[], withTraffic: boolean): string {
  const names = (kind: WayResult["kind"]) => [
    ...new Set(
      results.flatMap(({ ways }) => ways.filter((way) => way.kind === kind).map(({ name }) => name)),
    ),
  ];
  const [raws, peers] = [names("raw"), names("peer")];
  const head = [
    "operation",
    "ours",
    ...raws.map((name) => `ours / ${name}`),
    ...peers.map((name) => `${name} / ours`),
    ...(withTraffic ? ["requests", "$ per million"] : []),
  ];
  const rows = results.map(({ title, unit, ways }) => {
    const [ours] = ways as [WayResult];
    const of = (name: string) => ways.find((way) => way.name === name);
    const raw = raws.map((name) => {
      const way = of(name);
      return way ? times(ours, way) : "–";
    });
    const peer = peers.map((name) => {
      const way = of(name);
      return way ? `${times(way, ours)}${NOTE[way.answer] ?? ""}` : "–";
    });
    const each = (cell: (traffic: Traffic) => string) =>
      ways.map(({ traffic }) => (traffic ? cell(traffic) : "–")).join(" / ");
    const traffic = withTraffic
      ? [
          each(({ requests }) => String(requests.read + requests.write + requests.free)),
          each((one) => short(dollars(one))),
        ]
      : [];
    return [title, `${short(spread(ours.rounds).median)} ${unit}`, ...raw, ...peer, ...traffic];
  });
  return table(head, rows);
}

/** Renders measurements of our backends alone: the time of the first way, and how many times as long others take. */
const variantsTable = (results: readonly Result[]): string =>
  table(
    ["operation", "time", "times as long"],
    results.map(({ id, title, unit, ways: [first, ...others] }) => [
      `${id.includes("/s3-") ? "S3" : "PostgreSQL"}: ${title}`,
      `${first!.name}: ${short(spread(first!.rounds).median)} ${unit}`,
      others.map((way) => `${way.name}: ${times(way, first!)}`).join(", "),
    ]),
  );

/** Renders the growth: a row per operation, a column per number of files. */
function growthTable(results: readonly Result[], suite: string): string {
  const own = results.filter(({ id }) => id.startsWith(`${suite}/`));
  const parts = own.map((result) => ({
    result,
    task: result.id.split("/")[1]!,
    files: result.id.split("/")[2]!,
  }));
  const sizes = [...new Set(parts.map(({ files }) => Number(files)))].sort((a, b) => a - b);
  const tasks = [...new Set(parts.map(({ task }) => task))];
  return table(
    ["operation", ...sizes.map((size) => `${size.toLocaleString("en")} files`)],
    tasks.map((task) => {
      const [first] = parts.filter((part) => part.task === task);
      return [
        first!.result.title.replace(/ among [\d,]+ files/, ""),
        ...sizes.map((size) => {
          const found = parts.find((part) => part.task === task && Number(part.files) === size)?.result;
          return found ? `${short(spread(found.ways[0]!.rounds).median)} ${found.unit}` : "–";
        }),
      ];
    }),
  );
}

/** Says which contenders could not do the work, and which answered otherwise. */
function remarks(results: readonly Result[]): string {
  const reasons = new Map<string, Set<string>>();
  for (const { id, ways, notRun } of results) {
    const failed = ways.filter(({ rounds }) => rounds.length === 0);
    const all = [...Object.entries(notRun), ...failed.map(({ name, answer }) => [name, answer] as const)];
    for (const [name, why] of all) {
      const key = `${name}: ${why}`;
      reasons.set(key, (reasons.get(key) ?? new Set()).add(id.split("/").slice(0, 2).join("/")));
    }
  }
  return [...reasons]
    .map(
      ([reason, ids]) => `- ${reason} (${ids.size > 6 ? `${ids.size} measurements` : [...ids].join(", ")})`,
    )
    .join("\n");
}

const inSuite = (results: readonly Result[], suite: string) =>
  results.filter(({ id }) => id.startsWith(`${suite}/`));

/** Renders `docs/performance.md`. */
export function page({ date, machine, versions, results }: Report): string {
  const suites = [...new Set(results.map(({ id }) => id.split("/")[0]!))];
  const s3 = suites.filter((name) => name.startsWith("s3-"));
  return `${[
    "<!-- Written by `npm run bench`, with performance.json beside it. -->",
    "# Performance",
    `Every contender on the same servers with the same files in one run of \`npm run bench\` on ${date}: ${machine}, servers included, PostgreSQL without fsync. Only ratios travel to other machines.`,
    READING,
    "## As the files become more",
    "![Time of operations against the number of files](images/performance-growth.svg)",
    "All files of a table, small ones, filled by plain SQL. StoreBackend takes part up to 10,000 files. `ls`, narrow searches, reads and writes do not depend on what else the table holds.",
    growthTable(results, "growth"),
    "A namespace of 500 files, among as many of others:",
    growthTable(results, "growth-namespace"),
    "## PostgreSQL",
    "![Times relative to PostgresBackend](images/performance-postgres.svg)",
    comparisonTable(inSuite(results, "postgres"), false),
    "## Many agents",
    "![Throughput and latency against the number of agents](images/performance-agents.svg)",
    "Sessions of agents in one process, each with a backend of its own: 80 % reads, 10 % listings, 10 % a read and an edit of its own file.",
    comparisonTable(inSuite(results, "agents"), false),
    "## S3",
    "MinIO without a network, and through a proxy that adds 10 and 40 ms to each request, as between services of a region and between regions. Requests and prices are those of ours / the SDK / deepagents-s3-backend, for S3 Standard in us-east-1: $5 for a million PUTs, POSTs or LISTs, $0.40 for a million GETs or HEADs. MinIO hides names, so that a write looks for conflicts by one more request; on AWS there is none.",
    "![Times relative to S3Backend at 10 ms](images/performance-s3.svg)",
    "*Again* means that the backend has the answer of the same operation in its cache, and asks whether it is current; *first* is a new backend.",
    ...s3.flatMap((suite) => [
      `### A round trip of ${suite.slice(3).replace("ms", " ms")}`,
      comparisonTable(inSuite(results, suite), suite !== "s3-0ms"),
    ]),
    "## Large files",
    "On PostgreSQL the plain call is a `substring` at a known position, on S3 a GET of the known range. *Without the logs* is the same search in a table of the searched files alone.",
    comparisonTable(inSuite(results, "large"), false),
    "## With a history",
    "A backend with `history` beside one without it, and reads of old versions beside those of present ones.",
    variantsTable(inSuite(results, "history")),
    "## Who did not take part",
    remarks(results),
    "The Python package `deepagents-backends` is not measured.",
    "## Versions",
    table(
      ["", "version"],
      Object.entries(versions).map(([name, version]) => [name, version]),
    ),
  ].join("\n\n")}\n`;
}

const READING = [
  "- *ours / postgres.js* and *ours / AWS SDK*: how many times as long our backend takes as the plain calls for the same work, which check nothing. *StoreBackend / ours*: how many times as long the other takes. Medians of rounds in which all take turns, with the quartiles.",
  "- Answers are compared. † marks a backend that answered otherwise, whose time says nothing. For deepagents-s3-backend that is `read`, which numbers the lines itself, and `glob`, which fails.",
  "- The files are the sources of this repository and of its dependencies. A way that takes longer than two seconds runs once.",
].join("\n");

/** Renders the table of the README: at most five rows. */
export function readmeTable({ results }: Report): string {
  const rows: readonly (readonly [id: string, title: string, peer: string])[] = [
    ["postgres/grep-rare", "PostgreSQL: grep in 10,000 files", "StoreBackend"],
    ["agents/50-p99", "PostgreSQL: 50 agents, 99th percentile", "StoreBackend"],
    ["postgres/upload", "PostgreSQL: upload of 1,000 files", "StoreBackend"],
    ["s3-10ms/grep-rare", "S3: grep again, 10 ms away", "deepagents-s3-backend"],
    ["s3-40ms/edit-4kb", "S3: edit, 40 ms away", "deepagents-s3-backend"],
  ];
  return table(
    ["", "beside", "takes, times ours"],
    rows.flatMap(([id, title, peer]) => {
      const found = results.find((result) => result.id === id);
      const other = found?.ways.find(({ name }) => name === peer);
      if (!found || !other || other.rounds.length === 0) return [];
      return [[title, peer, short(ratio(other.rounds, found.ways[0]!.rounds).median)]];
    }),
  );
}
