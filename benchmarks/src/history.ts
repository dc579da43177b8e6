/** Compares backends with and without a history: `npm run bench history` in the root. */
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { createDatabase, startMinio, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import type { RemoteBackend } from "@deepagents-remote/core";
import { compare, type Measured } from "./compare.js";
import { must } from "./must.js";

/** Number of files beside those that are rewound. */
const FILES = { few: 1_000, many: 100_000 };

/** Runs all measurements of the history on PostgreSQL and on MinIO. */
export async function measureHistory(): Promise<Measured[]> {
  return [...(await onPostgres()), ...(await onS3())];
}

async function onPostgres(): Promise<Measured[]> {
  const server = await startPostgres({ log: console.log });
  const database = await createDatabase(server.url);
  const { url } = database;
  const without = new PostgresBackend({ url, table: "without" });
  const kept = new PostgresBackend({ url, table: "kept", history: true });
  const small = new PostgresBackend({ url, table: "small", searchIndex: "off", history: true });
  const large = new PostgresBackend({ url, table: "large", searchIndex: "off", history: true });
  try {
    const table = await measure("PostgreSQL", without, kept);
    await fill(small, FILES.few);
    await fill(large, FILES.many);
    const rewound = await compare({
      title: "PostgreSQL: rewind of 10 changed files",
      ways: {
        [`among ${FILES.few}`]: () => changeAndRewind(small),
        [`among ${FILES.many}`]: () => changeAndRewind(large),
      },
    });
    return [...table, ...rewound];
  } finally {
    await Promise.all([without, kept, small, large].map((backend) => backend.close()));
    await database.drop();
    await server.stop();
  }
}

async function onS3(): Promise<Measured[]> {
  const server = await startMinio({ log: console.log });
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials: { ...credentials }, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "without" }));
  await client.send(new CreateBucketCommand({ Bucket: "kept" }));
  await client.send(
    new PutBucketVersioningCommand({ Bucket: "kept", VersioningConfiguration: { Status: "Enabled" } }),
  );
  const options = { endpointUrl: endpoint, region, ...credentials };
  const without = new S3Backend({ ...options, bucket: "without" });
  const kept = new S3Backend({ ...options, bucket: "kept", history: true });
  try {
    return await measure("S3", without, kept);
  } finally {
    await Promise.all([without.close(), kept.close()]);
    client.destroy();
    await server.stop();
  }
}

const TEXT = Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`).join("\n");

/** Number of files that are edited in turn. */
const EDITED = 100;

async function measure(name: string, without: RemoteBackend, kept: RemoteBackend): Promise<Measured[]> {
  let files = 0;
  const edits = { without: 0, kept: 0 };
  for (let i = 0; i < EDITED; i++) {
    for (const backend of [without, kept]) await must(backend.write(`/edited/${i}`, `${TEXT}\n0`));
  }
  /** Edits the files in turn: MinIO gets slower with the number of versions of one object. */
  const edit = (backend: RemoteBackend, number: number) => {
    const round = Math.floor(number / EDITED);
    return must(backend.edit(`/edited/${number % EDITED}`, `\n${round}`, `\n${round + 1}`));
  };
  for (const backend of [without, kept]) await must(backend.write("/old.txt", TEXT));
  await must(kept.edit("/old.txt", "line 99", "line 100"));
  // A directory without old versions: listing those of a file costs MinIO more the more there are.
  const listed = Array.from({ length: 20 }, (_, i): [string, Uint8Array] => [
    `/listed/${i}`,
    Buffer.from(TEXT),
  ]);
  for (const backend of [without, kept]) await backend.uploadFiles(listed);
  const { versions = [] } = await must(kept.history("/old.txt"));
  const first = versions.at(-1)!.version;
  const past = kept.at({ version: first });
  return [
    ...(await compare({
      title: `${name}: write of 4 KB`,
      ways: {
        without: () => must(without.write(`/w/${files++}`, TEXT)),
        "with history": () => must(kept.write(`/w/${files++}`, TEXT)),
      },
    })),
    ...(await compare({
      title: `${name}: edit of 4 KB`,
      ways: {
        without: () => edit(without, edits.without++),
        "with history": () => edit(kept, edits.kept++),
      },
    })),
    ...(await compare({
      title: `${name}: old versions`,
      ways: {
        "read of the file": () => must(kept.readRaw("/old.txt")),
        history: () => must(kept.history("/old.txt")),
        readVersion: () => must(kept.readVersion("/old.txt", first)),
        "at().readRaw": () => must(past.readRaw("/old.txt")),
      },
    })),
    ...(await compare({
      title: `${name}: ls of 20 files`,
      ways: {
        without: () => must(without.ls("/listed")),
        "with history": () => must(kept.ls("/listed")),
      },
    })),
  ];
}

async function fill(backend: RemoteBackend, files: number): Promise<void> {
  for (let start = 0; start < files; start += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, i): [string, Uint8Array] => [
      `/d${start / 1_000}/f${i}`,
      Buffer.from(`file ${i}`),
    ]);
    await backend.uploadFiles(batch);
  }
}

/** Changes ten files, and makes them as they were. */
async function changeAndRewind(backend: RemoteBackend): Promise<void> {
  const marker = `/markers/${performance.now()}`;
  await must(backend.write(marker, ""));
  const { versions = [] } = await must(backend.history(marker));
  for (let i = 0; i < 10; i++) await must(backend.edit(`/d0/f${i}`, "file", "changed file"));
  const { files = [] } = await must(backend.rewind({ version: versions[0]!.version }));
  const restored = files.filter(({ outcome }) => outcome === "restored").length;
  if (restored !== 10) throw new Error(`${restored} files were rewound, not 10`);
}
