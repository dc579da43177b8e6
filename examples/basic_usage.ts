/**
 * Calls every method of a backend, without an agent. PostgreSQL and S3 give the same results.
 *
 *     npm run example basic_usage
 */
import assert from "node:assert/strict";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { copyFiles, type RemoteBackend, RemoteBackendError } from "@deepagents-remote/core";

// Constructing opens no connection.
const postgres = new PostgresBackend({
  url: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents",
  namespace: ["examples", "basic_usage"],
});
const s3 = new S3Backend({
  bucket: process.env.S3_BUCKET ?? "deepagents",
  prefix: "examples/basic_usage",
  createBucket: true,
  // For AWS, omit the rest: the SDK finds region, credentials and role.
  endpointUrl: process.env.S3_ENDPOINT ?? "http://localhost:9000",
  accessKeyId: process.env.S3_ACCESS_KEY_ID ?? "minioadmin",
  secretAccessKey: process.env.S3_SECRET_ACCESS_KEY ?? "minioadmin",
});

try {
  await tour("PostgreSQL", postgres);
  await tour("S3", s3);

  show("check", await postgres.check()); // for health probes

  // Copies from one storage to the other, byte for byte. A second run has nothing left to copy.
  console.log("\ncopyFiles from PostgreSQL to S3");
  await s3.delete("/");
  const outcomes = async () =>
    (await copyFiles(postgres, s3)).map(({ path, outcome }) => `${outcome} ${path}`);
  const first = await outcomes();
  for (const line of first) console.log(`  ${line}`);
  assert.deepEqual(first, ["copied /logo.png", "copied /src/main.ts"]);
  assert.deepEqual(await outcomes(), ["same /logo.png", "same /src/main.ts"]);
} finally {
  await Promise.all([postgres.close(), s3.close()]); // idempotent
}

// Constructors and initialize() throw; all other methods return errors.
const unreachable = new PostgresBackend({ url: "postgres://localhost:1/none" });
await assert.rejects(unreachable.initialize(), (error) => {
  assert.ok(RemoteBackendError.is(error));
  console.log(`\nThrown by initialize(): ${error.code}: ${error.message}`);
  return error.code === "unavailable";
});
await unreachable.close();

async function tour(name: string, backend: RemoteBackend): Promise<void> {
  console.log(`\n${name}`);
  await backend.initialize(); // optional: the first operation initializes too
  await backend.delete("/"); // "/" empties the namespace

  // write: creates only, unless the backend has writeMode: "overwrite".
  show("write", await backend.write("/src/main.ts", "const one = 1;\nconst two = 2;\nconst three = 3;\n"));
  const { error } = await backend.write("/src/main.ts", "Gone.");
  assert.match(error ?? "", /already exists/);
  show("write again", error);

  // edit: replaces a literal, exactly one occurrence or all; safe with concurrent writers.
  const edited = await backend.edit("/src/main.ts", "const", "export const", true);
  assert.equal(edited.occurrences, 3);
  show("edit", edited);

  // read: a window of lines.
  const window = await backend.read("/src/main.ts", 1, 1);
  assert.equal(window.content, "export const two = 2;");
  show("read", window);

  // readRaw: the whole file, with its times.
  const { data } = await backend.readRaw("/src/main.ts");
  assert.ok(data);
  show("readRaw", data);

  // uploadFiles and downloadFiles: bytes of many files, with one result each.
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47]);
  show("uploadFiles", await backend.uploadFiles([["/logo.png", png]]));
  const [logo, missing] = await backend.downloadFiles(["/logo.png", "/missing.png"]);
  assert.deepEqual(Buffer.from(logo?.content ?? []), Buffer.from(png));
  assert.equal(missing?.error, "file_not_found");
  show("downloadFiles", [logo, missing]);

  // ls: direct children. glob: files by name. grep: a literal in text files.
  const { files: children } = await backend.ls("/");
  assert.deepEqual(
    children?.map(({ path }) => path),
    ["/logo.png", "/src/"],
  );
  show("ls", children);
  const { files: scripts } = await backend.glob("**/*.ts");
  assert.equal(scripts?.length, 1);
  show("glob", scripts);
  const { matches } = await backend.grep("two", "/src", "*.ts");
  assert.deepEqual(matches, [{ path: "/src/main.ts", line: 2, text: "export const two = 2;" }]);
  show("grep", matches);

  // withNamespace: the same connection, another root.
  const bob = backend.withNamespace(["users", "bob@example.org"]);
  await bob.write("/notes.md", "Mine.\n");
  assert.deepEqual((await bob.ls("/")).files?.length, 1);
  show("withNamespace", (await bob.ls("/")).files);

  // delete: a file, or all descendants of a directory.
  show("delete", await bob.delete("/notes.md"));
  assert.match((await bob.read("/notes.md")).error ?? "", /not found/);

  show("capabilities", backend.capabilities);
}

function show(what: string, answer: unknown): void {
  const text = JSON.stringify(answer, (_, value) => (value instanceof Uint8Array ? [...value] : value));
  console.log(`  ${what.padEnd(14)} ${text.length > 95 ? `${text.slice(0, 94)}…` : text}`);
}
