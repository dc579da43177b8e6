import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Command } from "../support/command.js";

export const conformance: Command = {
  name: "conformance",
  summary: "Run the conformance suite on a backend: as the command `deepagents-remote conformance` of core",
  operands: ["[arguments...]"],
  noWorkspace: true,
  passThrough: true,
  options: [],
  examples: ["conformance ./my-backend.mjs --level faithful", "conformance --list --filter edit/"],
  async run({ io, operands }) {
    const core = dirname(createRequire(import.meta.url).resolve("@deepagents-remote/core/package.json"));
    const child = spawn(process.execPath, [join(core, "dist", "cli.js"), "conformance", ...operands], {
      cwd: io.cwd,
      stdio: "inherit",
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => resolve(code ?? 1));
    });
  },
};
