/** PostgresBackend beside the plain postgres.js call that does the same work: `npm run bench` in the root. */
import { startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import postgres from "postgres";
import { compare, type Measured } from "./compare.js";
import { fill } from "./workspace.js";

const server = await startPostgres({ log: console.log });
console.log(server.description);
const database = await server.createDatabase();
const sql = postgres(database.url, { max: 10, onnotice: () => {} });
const backend = new PostgresBackend({ url: database.url });
const plain = new PostgresBackend({ url: database.url, table: "plain", searchIndex: "off" });

try {
  console.log("Filling tables with 20,000 and 101,000 files ...");
  await fill(backend, "/src", 20_000, 60);
  await fill(plain, "/small", 1_000, 3);
  await fill(plain, "/large", 100_000, 3);
  await sql`VACUUM ANALYZE agent_files, plain`;

  const content = { content: Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`) };
  const text = content.content.join("\n");
  await backend.write("/edit/ours.txt", `${text}\n0`);
  let files = 0;
  let edits = 0;
  const table: Measured[] = [
    ...(await compare({
      title: "read of 2.5 KB",
      ways: {
        "postgres.js": () =>
          sql`SELECT content, created_at, modified_at FROM agent_files WHERE path = 'src/d7/f7.ts'`,
        PostgresBackend: () => backend.read("/src/d7/f7.ts"),
      },
    })),
    ...(await compare({
      title: "write of 4 KB",
      ways: {
        "postgres.js": () =>
          sql`INSERT INTO agent_files (path, content) VALUES (${`raw/${files++}`}, ${sql.json(content)}) ON CONFLICT DO NOTHING`,
        PostgresBackend: () => backend.write(`/write/${files++}`, text),
      },
    })),
    ...(await compare({
      title: "edit of 4 KB",
      ways: {
        "postgres.js": () =>
          sql`UPDATE agent_files SET content = ${sql.json(content)}, modified_at = now() WHERE path = 'raw/0'`,
        PostgresBackend: () => backend.edit("/edit/ours.txt", `\n${edits}`, `\n${++edits}`),
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
  console.table(table);
} finally {
  await Promise.all([backend.close(), plain.close(), sql.end()]);
  await database.drop();
  await server.stop();
}
