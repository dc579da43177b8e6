import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "@jest/globals";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = ["core", "backend-postgres", "backend-s3"].map((name) => `packages/${name}/README.md`);
const typescript = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "readmes-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the readers have themselves. */
const THEIRS = {
  "my-service.ts": `import type { Service } from "./my-backend.js";\nexport declare const service: Service;\n`,
  "theirs.d.ts": `declare const app: any;\ndeclare const backend: import("@deepagents-remote/backend-postgres").PostgresBackend;\n`,
};

it("the code in the READMEs is right for TypeScript", async () => {
  const files: Record<string, string> = { ...THEIRS };
  for (const readme of ["README.md", ...packages]) {
    for (const [name, code] of blocks(readme)) files[name] ??= code;
  }
  expect(Object.keys(files).length).toBeGreaterThan(35);
  files["package.json"] = JSON.stringify({ type: "module" });
  files["tsconfig.json"] = JSON.stringify({
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")], noImplicitAny: false },
    include: ["*.ts"],
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  symlinkSync(join(root, "examples/node_modules"), join(folder, "node_modules"), "dir");
  expect(await check()).toBe("");
}, 120_000);

it("snippets end by themselves: what connects is closed", () => {
  for (const readme of ["README.md", ...packages]) {
    for (const [name, code] of blocks(readme)) {
      const connects =
        /new (Postgres|S3)Backend\(/.test(code) && /^\s*await (backend|s3|postgres)\./m.test(code);
      expect({ name, isClosed: !connects || code.includes(".close()") }).toEqual({ name, isClosed: true });
    }
  }
});

it("install lines name LangGraph where a snippet imports it", () => {
  for (const readme of ["README.md", ...packages]) {
    const text = readFileSync(join(root, readme), "utf8");
    const isNamed = /npm install [^\n]*@langchain\/langgraph(\s|`)/.test(text);
    expect({ readme, isNamed: isNamed || !/from "@langchain\/langgraph"/.test(text) }).toEqual({
      readme,
      isNamed: true,
    });
  }
});

/** Its blocks of TypeScript, by the file name in their first line, or by their line in the README. */
function* blocks(readme: string): Generator<[name: string, code: string]> {
  const text = readFileSync(join(root, readme), "utf8");
  for (const { index, 1: code = "" } of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    const line = text.slice(0, index).split("\n").length;
    const [, name = `${readme.replace(/\W/g, "_")}_${line}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
    yield [name, `${code}\nexport {};\n`];
  }
}

function check(): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [typescript, "-p", folder, "--pretty", "false"], (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
