import { randomBytes } from "node:crypto";
import type { BackendProtocolV2, Health } from "@deepagents-remote/core";
import { fetchFile, remove, storeFile } from "../files/transfer.js";
import { list } from "../files/walk.js";
import type { Command } from "../support/command.js";
import { EXIT, explain, succeeded } from "../support/exit.js";
import { printable } from "../support/printable.js";

/** Result of one examination. */
interface Finding {
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  readonly message: string;
}

/** Number of listings whose median is the latency. */
const SAMPLES = 5;
/** Difference of clocks that is worth a warning, in milliseconds. */
const CLOCK_MS = 5_000;
/** Latency that is worth a warning, in milliseconds. */
const SLOW_MS = 250;

export const doctor: Command = {
  name: "doctor",
  summary: "Examine connection, rights, schema, index, versioning, clock and latency, and say what to do",
  operands: [],
  options: [["--write", "also store, read and delete a small file, to examine rights and clock"]],
  examples: ["doctor @prod", "doctor --write @prod --json"],
  async run({ options, output, open }) {
    const { backend, health } = await open({ writes: options.write === true });
    const findings: Finding[] = [];
    const report = await health?.();
    if (report) findings.push(...ofHealth(report));
    const isUsable = report?.ok ?? true;
    if (isUsable) findings.push(await latency(backend));
    if (isUsable && options.write) findings.push(...(await write(backend)));
    const marks = {
      ok: output.colors.green("ok"),
      warning: output.colors.yellow("warning"),
      problem: output.colors.red("problem"),
    };
    const isWell = findings.every(({ status }) => status !== "problem");
    output.result({ ok: isWell, findings, details: report?.details ?? {} }, () =>
      findings
        .map(({ name, status, message }) => `${marks[status]}  ${name}: ${printable(message)}\n`)
        .join(""),
    );
    return isWell ? EXIT.ok : EXIT.negative;
  },
};

function ofHealth({ ok, error, warnings, details }: Health): Finding[] {
  const advice = error?.hint ? `${error.message} ${error.hint}` : error?.message;
  const connection: Finding = ok
    ? { name: "connection", status: "ok", message: "Files can be read." }
    : { name: "connection", status: "problem", message: advice ?? "Files cannot be read." };
  const facts = Object.entries(details)
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]): Finding => ({ name, status: "ok", message: String(value) }));
  return [
    connection,
    ...facts,
    ...warnings.map(({ code, message }): Finding => ({ name: code, status: "warning", message })),
  ];
}

async function latency(backend: BackendProtocolV2): Promise<Finding> {
  try {
    const times: number[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      const start = performance.now();
      await list(backend, "/");
      times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)]!;
    const status = median > SLOW_MS ? "warning" : "ok";
    const advice = status === "ok" ? "" : " Run agents closer to the storage.";
    return { name: "latency", status, message: `${median.toFixed(1)} ms for a listing.${advice}` };
  } catch (error) {
    return { name: "listing", status: "problem", message: explain(error).message };
  }
}

/** Stores, reads and deletes a file. */
async function write(backend: BackendProtocolV2): Promise<Finding[]> {
  const path = `/doctor-${randomBytes(8).toString("hex")}.txt`;
  const data = Buffer.from("Written by doctor --write.\n");
  const findings: Finding[] = [];
  try {
    const before = Date.now();
    await storeFile(backend, path, data);
    const after = Date.now();
    const { data: raw } = succeeded(await backend.readRaw(path));
    findings.push(clock(new Date(raw?.modified_at ?? Number.NaN).getTime(), before, after));
    const isSame = Buffer.compare(await fetchFile(backend, path), data) === 0;
    const kept = isSame ? "ok" : "problem";
    findings.push({
      name: "write",
      status: kept,
      message: isSame ? "Content is kept." : "Content is altered.",
    });
    await remove(backend, path);
    findings.push({ name: "delete", status: "ok", message: "Files can be deleted." });
  } catch (error) {
    findings.push({ name: "rights", status: "problem", message: `${explain(error).message} (${path})` });
  }
  return findings;
}

/** Compares a time of the service with the local times before and after. */
function clock(at: number, before: number, after: number): Finding {
  if (Number.isNaN(at)) return { name: "clock", status: "warning", message: "The backend reports no times." };
  const off = at < before ? before - at : Math.max(0, at - after);
  if (off < CLOCK_MS) return { name: "clock", status: "ok", message: "It agrees with this machine's." };
  const message = `It differs by ${(off / 1_000).toFixed(0)} s from this machine's. Set both by NTP.`;
  return { name: "clock", status: "warning", message };
}
