import * as echarts from "echarts";
import type { Result } from "../framework/measurement.js";
import { ratio, spread } from "../framework/statistics.js";

/** Gray and colors that are readable on white and on black. */
const GRAY = "#848d97";
const GRID = "#848d9744";
const COLORS: Readonly<Record<string, string>> = {
  PostgresBackend: "#2f81f7",
  "PostgresBackend, in a namespace of 500 files": "#39a7a7",
  S3Backend: "#2f81f7",
  StoreBackend: "#e5534b",
  "deepagents-s3-backend": "#e5534b",
  "postgres.js": GRAY,
  "AWS SDK": GRAY,
  "bash-gres": "#c69026",
  "FilesystemBackend (local disk)": "#8256d0",
};
const FONT = { color: GRAY, fontFamily: "system-ui, sans-serif", fontSize: 12 };

const LEGEND = { top: 0, itemGap: 28, textStyle: FONT, icon: "roundRect" };

type Point = readonly [x: number, y: number];
interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A chart in a grid of charts. */
interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly columns: number;
}

const WIDTH = 880;
const PANEL_HEIGHT = 240;

const count = (value: number) =>
  value >= 1_000_000 ? `${value / 1_000_000}M` : value >= 1_000 ? `${value / 1_000}k` : String(value);

/** Draws charts with logarithmic axes beside each other, with one legend, as an SVG. */
function lines(panels: readonly Panel[], { x, y, columns }: Axes): string {
  const rows = Math.ceil(panels.length / columns);
  const height = rows * PANEL_HEIGHT + 40;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  const cell = WIDTH / columns;
  const place = (i: number) => ({
    left: (i % columns) * cell + 52,
    top: Math.floor(i / columns) * PANEL_HEIGHT + 72,
  });
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const axis = {
    type: "log",
    axisLabel: { ...FONT, formatter: count },
    axisLine: { lineStyle: { color: GRAY } },
    splitLine: { lineStyle: { color: GRID } },
    minorSplitLine: { show: false },
  } as const;
  chart.setOption({
    animation: false,
    legend: { ...LEGEND, data: names },
    title: panels.map(({ title }, i) => ({
      text: title,
      left: place(i).left - 40,
      top: place(i).top - 38,
      textStyle: { ...FONT, fontSize: 13, fontWeight: "bold" },
    })),
    grid: panels.map((_, i) => ({ ...place(i), width: cell - 76, height: PANEL_HEIGHT - 92 })),
    xAxis: panels.map((_, i) => ({
      ...axis,
      min: "dataMin",
      max: "dataMax",
      gridIndex: i,
      name: x,
      nameLocation: "middle",
      nameGap: 24,
      nameTextStyle: FONT,
    })),
    yAxis: panels.map((_, i) => ({ ...axis, gridIndex: i, name: y, nameTextStyle: FONT, nameGap: 6 })),
    series: panels.flatMap(({ series }, i) =>
      series.map(({ name, points }) => ({
        type: "line" as const,
        name,
        xAxisIndex: i,
        yAxisIndex: i,
        data: points.map((point) => [...point]),
        symbolSize: 6,
        lineStyle: { width: 2, ...(COLORS[name] === GRAY && { type: "dashed" as const }) },
        itemStyle: { color: COLORS[name] ?? GRAY },
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const GROWTH: Readonly<Record<string, string>> = {
  read: "read",
  write: "write of 4 KB",
  edit: "edit of 4 KB",
  ls: "ls of 20 directories",
  "glob-narrow": "glob in one directory",
  "grep-rare": "grep for a rare word",
};

/** Draws the time of each operation against the number of files. */
export function growthPlot(results: readonly Result[]): string {
  const panels = Object.entries(GROWTH).map(([name, title]): Panel => {
    const series = new Map<string, Point[]>();
    for (const { id, ways } of results) {
      const [suite, task, files] = id.split("/");
      if (task !== name || !suite!.startsWith("growth")) continue;
      for (const way of ways) {
        if (way.rounds.length === 0) continue;
        if (suite !== "growth" && way.kind !== "ours") continue;
        const label = suite === "growth" ? way.name : `${way.name}, in a namespace of 500 files`;
        series.set(label, [...(series.get(label) ?? []), [Number(files), spread(way.rounds).median]]);
      }
    }
    return {
      title,
      series: [...series].map(([label, points]) => ({
        name: label,
        points: points.toSorted(([a], [b]) => a - b),
      })),
    };
  });
  return lines(panels, { x: "files", y: "ms", columns: 3 });
}

/** Draws throughput and latency against the number of agents. */
export function agentsPlot(results: readonly Result[]): string {
  const panel = (title: string, p99: boolean): Panel => {
    const series = new Map<string, Point[]>();
    for (const { id, ways } of results) {
      const [suite, task] = id.split("/");
      if (suite !== "agents" || task!.endsWith("-p99") !== p99) continue;
      for (const { name, rounds } of ways) {
        if (rounds.length === 0) continue;
        const points = series.get(name) ?? [];
        series.set(name, [...points, [Number.parseInt(task!, 10), spread(rounds).median]]);
      }
    }
    return {
      title,
      series: [...series].map(([name, points]) => ({ name, points: points.toSorted(([a], [b]) => a - b) })),
    };
  };
  const panels = [
    panel("operations per second (more is better)", false),
    panel("99th percentile in ms (less is better)", true),
  ];
  return lines(panels, { x: "agents", y: "", columns: 2 });
}

/** Draws how many times as long as ours another way takes, per operation, on a logarithmic axis. */
export function peersPlot(results: readonly Result[], suite: string): string {
  const own = results.filter(({ id, ways }) => id.startsWith(`${suite}/`) && ways.length > 1).toReversed();
  const names = [...new Set(own.flatMap(({ ways }) => ways.slice(1).map(({ name }) => name)))];
  const height = own.length * (names.length * 9 + 12) + 90;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    legend: { ...LEGEND, data: names },
    grid: { left: 300, right: 40, top: 40, bottom: 44 },
    xAxis: {
      type: "log",
      name: `time relative to ${own[0]?.ways[0]?.name}: right of 1 is slower`,
      nameLocation: "middle",
      nameGap: 26,
      nameTextStyle: FONT,
      axisLabel: { ...FONT, formatter: (value: number) => `${value} x` },
      splitLine: { lineStyle: { color: GRID } },
    },
    yAxis: {
      type: "category",
      data: own.map(({ title }) => title),
      axisLabel: { ...FONT, width: 280, overflow: "truncate" },
      axisLine: { lineStyle: { color: GRAY } },
      axisTick: { show: false },
    },
    series: names.map((name) => ({
      type: "scatter" as const,
      name,
      symbolSize: 10,
      itemStyle: { color: COLORS[name] ?? GRAY },
      data: own.flatMap(({ ways }, row) => {
        const way = ways.find((one) => one.name === name);
        // A wrong answer is no time to compare with.
        if (!way || way.rounds.length === 0 || way.answer !== "same") return [];
        return [[ratio(way.rounds, ways[0]!.rounds).median, row]];
      }),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
