import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { S3Client } from "@aws-sdk/client-s3";
import { createDatabase, s3Address, type TestDatabase } from "@deepagents-internal/servers";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import { afterAll, beforeAll } from "@jest/globals";

/** Kinds of workspaces that commands are tested on. */
export type Kind = "postgres" | "s3" | "module";

/** Addresses of the services, and a temporary folder. All are removed at the end of the test file. */
export interface Workspaces {
  /** Local folder. */
  readonly folder: string;
  /** Environment with the password of the database. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns the argument that names a workspace. @param part Workspaces of different parts have different files. */
  of(kind: Kind, part: string, parameters?: string): string;
}

const bucket = `test-${randomBytes(8).toString("hex")}`;

export function useWorkspaces(): Workspaces {
  const folder = mkdtempSync(join(tmpdir(), "cli-test-"));
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Address();
  const env: Record<string, string> = {};
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    env.PGPASSWORD = decodeURIComponent(new URL(database.url).password);
    // The SDK reads the environment of the process.
    process.env.AWS_ACCESS_KEY_ID = accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  });
  afterAll(async () => {
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await deleteBucket(client, bucket);
    client.destroy();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    env,
    of(kind, part, parameters = "") {
      if (kind === "module") return writeModule(folder, part);
      if (kind === "s3") {
        return `s3://${bucket}/${part}?endpoint=${endpoint}&region=${region}&createBucket=true${parameters}`;
      }
      const url = new URL(database.url);
      url.password = "";
      return `${url.href}?table=${part.replaceAll("-", "_")}${parameters}`;
    },
  };
}

/** Writes a module that exports deepagents' own backend on a directory. */
function writeModule(folder: string, part: string): string {
  const root = join(folder, `root-${part}`);
  mkdirSync(root, { recursive: true });
  const deepagents = createRequire(import.meta.url).resolve("deepagents");
  writeFileSync(
    join(folder, `${part}.mjs`),
    `import deepagents from ${JSON.stringify(pathToFileURL(deepagents).href)};
export const backend = new deepagents.FilesystemBackend({ rootDir: ${JSON.stringify(root)}, virtualMode: true });
`,
  );
  return `file://${join(folder, `${part}.mjs`)}`;
}
