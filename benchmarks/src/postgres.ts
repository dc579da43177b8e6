/** Compares PostgresBackend with plain postgres.js calls that do the same work: `npm run bench` in the root. */
import { createDatabase, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import postgres, { type Sql } from "postgres";
import { compare, type Measured } from "./compare.js";
import { fill } from "./workspace.js";

/** Runs all measurements in a separate database. */
export async function measurePostgres(): Promise<Measured[]> {
  const server = await startPostgres({ log: console.log });
  console.log(server.description);
  const database = await createDatabase(server.url);
  // One pool for both, because alternating between two connections slows down small statements on either.
  const sql = postgres(database.url, { max: 10, onnotice: () => {} });
  const backend = new PostgresBackend({ sql });
  const plain = new PostgresBackend({ sql, table: "plain", searchIndex: "off" });
  try {
    return await measure(sql, backend, plain);
  } finally {
    await Promise.all([backend.close(), plain.close()]);
    await sql.end();
    await database.drop();
    await server.stop();
  }
}

async function measure(sql: Sql, backend: PostgresBackend, plain: PostgresBackend): Promise<Measured[]> {
  console.log("Filling tables with 20,000 and 101,000 files ...");
  await fill(backend, "/src", 20_000, 60);
  await fill(plain, "/small", 1_000, 3);
  await fill(plain, "/large", 100_000, 3);
  await sql`VACUUM ANALYZE agent_files, plain`;

  const table: Measured[] = [];
  for (const [size, lines] of [
    ["4 KB", 100],
    ["40 KB", 1_000],
  ] as const) {
    const content = {
      content: Array.from({ length: lines }, (_, i) => `line ${i} of a file of a few kilobytes`),
    };
    const text = content.content.join("\n");
    const [read, edit] = [`read/${lines}.txt`, `edit/${lines}.txt`];
    await backend.write(`/${read}`, text);
    await backend.write(`/${edit}`, `${text}\n0`);
    await sql`INSERT INTO agent_files (path, content) VALUES (${`raw/${lines}`}, ${sql.json(content)})`;
    let files = 0;
    let edits = 0;
    table.push(
      ...(await compare({
        title: `read of ${size}`,
        ways: {
          "postgres.js": () =>
            sql`SELECT content, created_at, modified_at FROM agent_files WHERE path = ${read}`,
          PostgresBackend: () => backend.read(`/${read}`, 0, lines),
        },
      })),
      ...(await compare({
        title: `write of ${size}`,
        ways: {
          "postgres.js": () =>
            sql`INSERT INTO agent_files (path, content) VALUES (${`raw${lines}/${files++}`}, ${sql.json(content)}) ON CONFLICT DO NOTHING`,
          PostgresBackend: () => backend.write(`/write${lines}/${files++}`, text),
        },
      })),
      ...(await compare({
        title: `edit of ${size}`,
        ways: {
          "postgres.js": () =>
            sql`UPDATE agent_files SET content = ${sql.json(content)}, modified_at = now() WHERE path = ${`raw/${lines}`}`,
          PostgresBackend: () => backend.edit(`/${edit}`, `\n${edits}`, `\n${++edits}`),
        },
      })),
    );
  }
  const large = "a line of a large text, which lives in bytea\n".repeat(400_000);
  await backend.write("/large.log", large);
  return [
    ...table,
    ...(await compare({
      title: "100 lines in the middle of 18 MB",
      ways: {
        "fetch and cut": async () =>
          (await backend.readRaw("/large.log")).data?.content.slice(9_000_000, 9_004_500),
        PostgresBackend: () => backend.read("/large.log", 200_000, 100),
      },
    })),
    ...(await compare({
      title: "grep, rare word in 20,000 files",
      ways: {
        "fetch and search": async () =>
          (
            await sql`SELECT path, content FROM agent_files WHERE path LIKE 'src/%'`
          ).filter((row) => row.content.content.some((line: string) => line.includes("extraordinary"))),
        PostgresBackend: () => backend.grep("extraordinary", "/src"),
      },
    })),
    ...(await compare({
      title: "ls of 20 directories",
      ways: {
        "1,000 files below": () => plain.ls("/small"),
        "100,000 files below": () => plain.ls("/large"),
      },
    })),
  ];
}
