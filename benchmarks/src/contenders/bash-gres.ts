import { PgFileSystem, setup } from "bash-gres/postgres";
import postgres from "postgres";
import type { Contender, FileBackend } from "./contender.js";
import { dataOf, edited } from "./plain.js";

/**
 * bash-gres, a file system in PostgreSQL with versions, for a shell. It knows single files and directories; edits
 * are a read and a write, as its shell does them.
 */
export async function bashGres(url: string): Promise<Contender> {
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await setup(sql, { enableFullTextSearch: false, enableVectorSearch: false });
  const LIMITS = { maxFiles: 10_000_000, maxFileSize: 1024 ** 3 };
  return {
    name: "bash-gres",
    kind: "peer",
    lacks: {
      grep: "its shell's grep reads file by file; its own search ranks words",
      uploadFiles: "has no batches",
      downloadFiles: "has no batches",
    },
    async open(storage) {
      const fs = new PgFileSystem({ db: sql, workspaceId: storage, ...LIMITS });
      await fs.init();
      return backendOn(fs);
    },
    close: () => sql.end(),
  };
}

function backendOn(fs: PgFileSystem): Partial<FileBackend> {
  return {
    async read(path, offset = 0, limit = 500) {
      return { content: (await fs.readFileLines(path, { offset: offset + 1, limit })).content };
    },
    async readRaw(path) {
      return { data: dataOf(await fs.readFile(path)) };
    },
    async write(path, content) {
      await fs.writeFile(path, content);
      return { path };
    },
    async edit(path, before, now) {
      await fs.writeFile(path, edited(await fs.readFile(path), before, now));
      return { path, occurrences: 1 };
    },
    async ls(path) {
      const directory = path.endsWith("/") ? path : `${path}/`;
      return { files: (await fs.readdir(path)).map((name) => ({ path: directory + name })) };
    },
    async glob(pattern, path = "/") {
      return { files: (await fs.glob(pattern, { cwd: path })).map((found) => ({ path: found })) };
    },
    async delete(path) {
      await fs.rm(path, { recursive: true });
      return { path };
    },
    /** Only to fill it: not measured. */
    async uploadFiles(files) {
      for (const [path, content] of files) await fs.writeFile(path, content);
      return files.map(([path]) => ({ path, error: null }));
    },
  };
}
