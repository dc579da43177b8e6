import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDatabase, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend, schemaSql } from "@deepagents-remote/backend-postgres";
import postgres, { type Sql } from "postgres";
import type { FileBackend } from "../contenders/contender.js";
import { storeBackend } from "../contenders/postgres.js";
import { rawStatements } from "../contenders/raw-postgres.js";
import { corpus } from "../corpus.js";
import type { Kind, Result } from "../framework/measurement.js";
import type { Context, Suite } from "../framework/suite.js";
import { must } from "../must.js";
import { type Opened, runTasks, type Task } from "./task.js";
import { globOf, grepOf, lsOf, textOf } from "./tasks.js";

const run = promisify(execFile);
const child = fileURLToPath(new URL("../memory/call.mjs", import.meta.url));

/** Directories in the root, and files of the namespace whose neighbors grow. */
const DIRECTORIES = 20;
const TENANT = "tenant";
const TENANT_FILES = 500;

/** Lines of the corpus in one file. */
const LINES = 8;

/** Largest number of files that `glob` lists. */
const LISTED = 100_000;

/** A line of one file of the namespace, and of one other. */
const RARE = "extraordinarily rare";

const SCOPES = ["all", "namespace"] as const;
type Scope = (typeof SCOPES)[number];

const write: Task = {
  name: "write",
  title: "write of 4 KB",
  storage: "written",
  needs: ["write"],
  run: (backend, n) => must(backend.write(`/new/${n}.txt`, textOf(4_096))),
  answer: async () => "written",
};
const files = { storage: "files" } as const;
const edit: Task = {
  storage: "written",
  name: "edit",
  title: "edit of 4 KB",
  needs: ["write", "edit"],
  prepare: (backend) => must(backend.write("/new/edited.txt", `${textOf(4_096)}count 0\n`)),
  run: async (backend, n) =>
    (await must(backend.edit("/new/edited.txt", `count ${n}\n`, `count ${n + 1}\n`))).occurrences,
};

/** The tasks, searches first: what later tasks write must not be found. */
const tasksOf = (scope: Scope): readonly (Task & { readonly until?: number })[] => [
  {
    ...files,
    name: "read",
    title: "read of a small file",
    needs: ["read"],
    run: async (backend) =>
      String((await must(backend.read(`/d1/s2/f${scope === "all" ? 501 : 401}.ts`))).content),
  },
  { ...files, name: "ls", title: "ls of 20 directories", needs: ["ls"], run: lsOf("/") },
  {
    ...files,
    name: "glob-narrow",
    title: "glob in one small directory",
    needs: ["glob"],
    run: globOf("*.ts", "/d1/s2"),
  },
  {
    ...files,
    name: "glob-all",
    title: "glob **/*77.ts",
    needs: ["glob"],
    run: globOf("**/*77.ts"),
    until: LISTED,
  },
  { ...files, name: "grep-rare", title: "grep for a rare word", needs: ["grep"], run: grepOf(RARE) },
  {
    ...files,
    name: "grep-none",
    title: "grep for a word of no file",
    needs: ["grep"],
    run: grepOf("zyxwvutsrq"),
  },
  write,
  edit,
];

/** Calls whose memory is measured, by the name of their task. */
const CALLS: Readonly<Record<string, readonly [method: string, ...parameters: unknown[]]>> = {
  ls: ["ls", "/"],
  "glob-all": ["glob", "**/*77.ts"],
  "grep-rare": ["grep", RARE],
};

const suiteOf = (scope: Scope) => (scope === "all" ? "growth" : "growth-namespace");

const tasksAt = (count: number, scope: Scope) =>
  tasksOf(scope)
    .filter(({ until = Number.POSITIVE_INFINITY }) => count <= until)
    .map(
      (task): Task => ({
        ...task,
        name: `${task.name}/${count}`,
        title: `${task.title} among ${count.toLocaleString("en")} files`,
      }),
    );

const figures = (count: number) =>
  Object.keys(CALLS)
    .filter((name) => tasksAt(count, "all").some((task) => task.name === `${name}/${count}`))
    .flatMap((name) => [`growth/${name}-memory/${count}`, `growth/${name}-stall/${count}`]);

const idsAt = (count: number) => [
  ...SCOPES.flatMap((scope) => tasksAt(count, scope).map(({ name }) => `${suiteOf(scope)}/${name}`)),
  ...figures(count),
];

/** Cost against the number of files in a table, for all of them and for a namespace of 500 files among them. */
export const growth: Suite = {
  name: "growth",
  ids: (sizes) => sizes.growth.flatMap(idsAt),
  async run(context) {
    const { sizes, log, wanted } = context;
    const server = await startPostgres({ log });
    try {
      for (const count of sizes.growth) {
        if (!idsAt(count).some(wanted)) continue;
        const database = await createDatabase(server.url);
        const sql = postgres(database.url, { max: 2, onnotice: () => {} });
        try {
          log(`filling a table with ${count.toLocaleString("en")} files ...`);
          await fill(sql, count);
          await measureAt(count, sql, database.url, context);
        } finally {
          await sql.end();
          await database.drop();
        }
      }
    } finally {
      await server.stop();
    }
  },
};

/** Runs the tasks and calls on one table. */
async function measureAt(count: number, sql: Sql, url: string, context: Context): Promise<void> {
  const { sizes, wanted, log } = context;
  const backends: PostgresBackend[] = [];
  const closers: (() => Promise<void>)[] = [];
  try {
    for (const scope of SCOPES) {
      const tasks = tasksAt(count, scope);
      if (!tasks.some(({ name }) => wanted(`${suiteOf(scope)}/${name}`))) continue;
      const namespace = scope === "all" ? [] : [TENANT];
      const ours = new PostgresBackend({ url, namespace });
      backends.push(ours);
      const raw = (directory: string) => rawStatements(sql, "agent_files", directory);
      const all = [
        opened("PostgresBackend", "ours", ours),
        // Both use one table, so each writes to a directory of its own.
        opened("postgres.js", "raw", raw(namespace.join("/")), raw([...namespace, "raw"].join("/"))),
      ];
      if (scope === "all" && count <= sizes.peers) {
        log("filling StoreBackend ...");
        const peer = await filledStore(url, sql);
        closers.push(peer.close);
        all.push(opened("StoreBackend", "peer", peer.backend));
      }
      await runTasks(suiteOf(scope), tasks, { ready: all, absent: {} }, context);
    }
    for (const name of Object.keys(CALLS)) {
      if (wanted(`growth/${name}-memory/${count}`)) await measureCall(name, count, url, context);
    }
  } finally {
    for (const backend of backends) await backend.close();
    for (const close of closers) await close();
  }
}

const opened = (
  name: string,
  kind: Kind,
  files: Partial<FileBackend>,
  written: Partial<FileBackend> = files,
): Opened => ({
  contender: { name, kind, open: async () => files, close: async () => {} },
  storage: async (storage) => (storage === "written" ? written : files),
});

/** Returns a StoreBackend with the same files, in tables of its own. */
async function filledStore(url: string, sql: Sql) {
  const contender = await storeBackend(url);
  const backend = (await contender.open("files")) as FileBackend;
  const rows = await sql`SELECT path, content FROM agent_files`;
  for (let start = 0; start < rows.length; start += 1_000) {
    const batch = rows.slice(start, start + 1_000);
    await must(
      backend.uploadFiles(
        batch.map(({ path, content }) => [`/${path}`, Buffer.from(content.content.join("\n"))]),
      ),
    );
  }
  await sql`ANALYZE`;
  return { backend, close: contender.close };
}

/** Measures memory and the event loop during a call in a process of its own. */
async function measureCall(name: string, count: number, url: string, { keep, log }: Context): Promise<void> {
  const [method, ...parameters] = CALLS[name]!;
  const task = tasksAt(count, "all").find((one) => one.name === `${name}/${count}`);
  if (!task) return;
  log(`growth/${name}-memory/${count}: ${task.title}`);
  const call = JSON.stringify({ options: { url }, method, parameters });
  const measured = [];
  for (let round = 0; round < 3; round++) {
    const { stdout } = await run(process.execPath, ["--expose-gc", child, call]);
    measured.push(JSON.parse(stdout) as { megabytes: number; stallMs: number });
  }
  const result = (figure: string, unit: Result["unit"], title: string, rounds: number[]): Result => ({
    id: `growth/${name}-${figure}/${count}`,
    title: `${task.title}: ${title}`,
    unit,
    ways: [{ name: "PostgresBackend", kind: "ours", rounds, answer: "same" }],
    notRun: {},
  });
  const growths = measured.map(({ megabytes }) => megabytes);
  await keep(result("memory", "MB", "peak memory", growths));
  const stalls = measured.map(({ stallMs }) => stallMs);
  await keep(result("stall", "ms", "longest turn of the event loop", stalls));
}

/** Fills the table of our backend by plain SQL, with the search index built in the end. */
async function fill(sql: Sql, count: number): Promise<void> {
  await sql.unsafe(schemaSql({ searchIndex: "off" }));
  const texts = corpus(1_000).map(([, content]) => content.toString().split("\n"));
  const snippets = texts.flatMap((lines) =>
    Array.from({ length: Math.floor(lines.length / LINES) }, (_, i) =>
      lines.slice(i * LINES, (i + 1) * LINES),
    ),
  );
  await sql.begin(async (own) => {
    await own`
      CREATE TEMP TABLE snippets (id INT PRIMARY KEY, content JSONB, size INT) ON COMMIT DROP`;
    await own`
      INSERT INTO snippets SELECT id - 1, content::jsonb, size
      FROM unnest(${snippets.map((content) => JSON.stringify({ content }))}::text[],
        ${snippets.map((lines) => Buffer.byteLength(lines.join("\n")))}::int[])
        WITH ORDINALITY AS s (content, size, id)`;
    await own`
      INSERT INTO snippets VALUES (-1, ${JSON.stringify({ content: [RARE] })}::text::jsonb, ${RARE.length})`;
    await own`
      INSERT INTO agent_files (path, content, size, ours_at)
      SELECT CASE WHEN n < ${TENANT_FILES} THEN ${`${TENANT}/`} ELSE '' END
          || 'd' || n % ${DIRECTORIES} || '/s' || n / ${DIRECTORIES * 10} || '/f' || n || '.ts',
        s.content, s.size, now()
      FROM generate_series(0, ${count - 1}::int) AS n
        JOIN snippets s ON s.id = CASE n % ${TENANT_FILES} WHEN 7 THEN CASE WHEN n < 1000 THEN -1 ELSE 0 END
          ELSE n % ${snippets.length} END`;
  });
  await sql.unsafe(schemaSql());
  await sql`VACUUM ANALYZE agent_files`;
}
