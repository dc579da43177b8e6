import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { pack } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { temporaryFolder } from "./helpers/temporary.js";

const CORE = "@deepagents-remote/core";
/** Time limit of a case, instead of the 30 seconds that a reader's machine needs at most. */
const TIMEOUT_MS = 600_000;
const guide = readFileSync(
  fileURLToPath(new URL("../../../docs/write-a-backend.md", import.meta.url)),
  "utf8",
);
const folder = temporaryFolder();
const project = join(folder.path, "my-backend");
afterAll(() => folder.remove());

let tarball: string;
beforeAll(async () => {
  mkdirSync(project);
  const core = publishedPackages().find(({ manifest }) => manifest.name === CORE)!;
  tarball = (await pack(core, folder.path)).path;
});

it("following the guide from an empty folder gives the output that it shows", async () => {
  let output = "";
  let commands = 0;
  for (const [, language, body = ""] of guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === "js") writeSource(body);
    if (language === "text") expectShown(output, body);
    if (language !== "sh") continue;
    output = "";
    for (const line of body.trim().split("\n")) {
      output += await command(line);
      commands += 1;
    }
  }
  expect(commands).toBe(7);
});

/** A file by the name in its first line; one that is there already is changed in the line that begins alike. */
function writeSource(code: string): void {
  const [, name = "", within] = /^\/\/ ([\w.-]+)(, in .*)?\n/.exec(code) ?? [];
  const path = join(project, name);
  if (within === undefined) {
    writeFileSync(path, code.replace("defineBackendTests({", `$&\n  timeoutMs: ${TIMEOUT_MS},`));
    return;
  }
  const line = code.split("\n")[1]!;
  const begins = line.slice(0, line.indexOf("=>"));
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.filter((each) => each.startsWith(begins))).toHaveLength(1);
  writeFileSync(path, lines.map((each) => (each.startsWith(begins) ? line : each)).join("\n"));
}

/** Runs a line of the guide; a comment says how it ends. */
async function command(line: string): Promise<string> {
  const [, text = "", expected = "0"] = /^(.*?)(?: # exit code (\d+))?$/.exec(line) ?? [];
  const [program = "", ...parameters] = text
    .replace(`npm install ${CORE}`, `npm install ${tarball}`)
    .replace(/ conformance .*/, `$& --timeout ${TIMEOUT_MS}`)
    .split(" ");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
  };
  // These variables tell Node that it runs under jest, which a user's programs must not see.
  delete env.NODE_OPTIONS;
  delete env.NODE_TEST_CONTEXT;
  const windows = process.platform === "win32";
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    const options = { cwd: project, env, maxBuffer: 64 * 1024 * 1024, shell: windows };
    execFile(program, parameters, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
  expect({ line, code, output }).toEqual({ line, code: Number(expected), output });
  return output;
}

/** Fails unless the lines are in the output in this order; `...` stands for anything. */
function expectShown(output: string, lines: string): void {
  const escaped = lines.trimEnd().replace(/[\\^$*+?()[\]{}|]/g, "\\$&");
  const pattern = escaped.replaceAll(/(?<!\.)\.(?!\.)/g, "\\.").replaceAll("...", "[\\s\\S]*?");
  expect(output).toMatch(new RegExp(pattern));
}
