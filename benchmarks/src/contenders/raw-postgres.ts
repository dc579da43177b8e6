import { schemaSql } from "@deepagents-remote/backend-postgres";
import postgres, { type Sql } from "postgres";
import type { Contender, FileBackend } from "./contender.js";
import { childrenOf, dataOf, edited, linesWith, matchesEnd, windowOf } from "./plain.js";

/** Connections of the pool, as many as our backend opens in advance. */
const CONNECTIONS = 2;

/**
 * The plain statements that an application would send by postgres.js for the same work, without checks, retries or
 * limits: the limit of what a backend on PostgreSQL can reach. The table is like ours, its trigram index included.
 */
export async function rawPostgres(url: string): Promise<Contender> {
  const sql = postgres(url, { max: CONNECTIONS, onnotice: () => {} });
  await sql.unsafe(schemaSql({ table: "raw" }));
  return {
    name: "postgres.js",
    kind: "raw",
    open: async (storage) => rawStatements(sql, "raw", storage),
    close: () => sql.end(),
  };
}

/** Returns the end of the range of keys that begin with a directory; `0` follows `/`. */
const after = (directory: string) => (directory === "" ? "\u{10ffff}" : `${directory.slice(0, -1)}0`);

const toText = (lines: readonly string[]) => lines.join("\n");
const envelope = (content: Uint8Array | string) =>
  JSON.stringify({ content: content.toString().split("\n") });
const likePattern = (text: string) =>
  `%${JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\%_]/g, "\\$&")}%`;

/**
 * Returns the statements on a table like ours.
 * @param storage First directory of all keys; empty for none.
 */
export function rawStatements(sql: Sql, name: string, storage: string): Partial<FileBackend> {
  const table = sql(name);
  const prefix = storage === "" ? "" : `${storage}/`;
  const key = (path: string) => `${prefix}${path.slice(1)}`;
  const directory = (path: string) => key(path.endsWith("/") ? path : `${path}/`);
  const pathOf = (found: string) => `/${found.slice(prefix.length)}`;
  const linesOf = async (path: string): Promise<string[]> => {
    const [row] = await sql`SELECT content FROM ${table} WHERE path = ${key(path)}`;
    return row!.content.content;
  };
  const list = async (path: string) => {
    const first = directory(path);
    const rows = await sql`
      SELECT path, size, modified_at FROM ${table} WHERE path ~>=~ ${first} AND path ~<~ ${after(first)}`;
    return rows.map((row) => ({ path: pathOf(row.path) }));
  };
  return {
    async read(path, offset = 0, limit = 500) {
      return { content: windowOf(await linesOf(path), offset, limit) };
    },
    async readRaw(path) {
      return { data: dataOf(toText(await linesOf(path))) };
    },
    async write(path, content) {
      const rows = await sql`
        INSERT INTO ${table} (path, content) VALUES (${key(path)}, ${envelope(content)}::text::jsonb)
        ON CONFLICT DO NOTHING RETURNING path`;
      return rows.length === 1 ? { path } : { error: "exists" };
    },
    async edit(path, before, now) {
      const [row] = await sql`SELECT content, xmin::text AS version FROM ${table} WHERE path = ${key(path)}`;
      const text = edited(toText(row!.content.content), before, now);
      const { count } = await sql`
        UPDATE ${table} SET content = ${envelope(text)}::text::jsonb, modified_at = now()
        WHERE path = ${key(path)} AND xmin = ${row!.version}::xid`;
      return count === 1 ? { path, occurrences: 1 } : { error: "changed" };
    },
    async ls(path) {
      return { files: childrenOf(pathOf(directory(path)), await list(path)) };
    },
    async glob(pattern, path = "/") {
      return { files: (await list(path)).filter((file) => matchesEnd(file.path, pattern)) };
    },
    async grep(pattern, path, glob, maxCount) {
      const first = directory(path ?? "/");
      const rows = await sql`
        SELECT path, content FROM ${table}
        WHERE path ~>=~ ${first} AND path ~<~ ${after(first)}
          AND (content->'content')::text LIKE ${likePattern(pattern)}
        ORDER BY path USING ~<~`;
      const matches = rows
        .map((row) => ({ path: pathOf(row.path), lines: row.content.content }))
        .filter(({ path }) => matchesEnd(path, glob))
        .flatMap(({ path, lines }) => linesWith(pattern, path, lines));
      return { matches: matches.slice(0, maxCount ?? undefined) };
    },
    async delete(path) {
      const first = directory(path);
      await sql`
        DELETE FROM ${table} WHERE path = ${key(path)} OR (path ~>=~ ${first} AND path ~<~ ${after(first)})`;
      return { path };
    },
    async uploadFiles(files) {
      await sql`
        INSERT INTO ${table} (path, content)
        SELECT path, content::jsonb
        FROM unnest(${files.map(([path]) => key(path))}::text[],
          ${files.map(([, content]) => envelope(Buffer.from(content)))}::text[]) AS files (path, content)
        ON CONFLICT (path) DO UPDATE SET content = EXCLUDED.content, modified_at = now()`;
      return files.map(([path]) => ({ path, error: null }));
    },
    async downloadFiles(paths) {
      const rows = await sql`SELECT path, content FROM ${table} WHERE path = ANY (${paths.map(key)})`;
      const found = new Map(rows.map((row) => [pathOf(row.path), Buffer.from(toText(row.content.content))]));
      return paths.map((path) => ({ path, content: found.get(path)!, error: null }));
    },
  };
}
