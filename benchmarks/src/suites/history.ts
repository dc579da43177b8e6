import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { createDatabase, startMinio, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import type { RemoteBackend } from "@deepagents-remote/core";
import { measure } from "../framework/measure.js";
import type { Context, Suite } from "../framework/suite.js";
import { must } from "../must.js";

/** Number of files beside those that are rewound. */
const FILES = { few: 1_000, many: 100_000 };

const NAMES = {
  write: "write of 4 KB",
  edit: "edit of 4 KB",
  old: "old versions",
  ls: "ls of 20 files",
  rewind: "rewind of 10 changed files",
};
type Name = keyof typeof NAMES;

const SERVICES = ["postgres", "s3"] as const;
type Service = (typeof SERVICES)[number];

/** Backends with and without a history. */
export const history: Suite = {
  name: "history",
  ids: () =>
    SERVICES.flatMap((service) =>
      Object.keys(NAMES)
        .filter((name) => service === "postgres" || name !== "rewind")
        .map((name) => `history/${service}-${name}`),
    ),
  async run(context) {
    const has = (service: Service) =>
      this.ids(context.sizes).some((id) => id.startsWith(`history/${service}`) && context.wanted(id));
    if (has("postgres")) await onPostgres(comparer("postgres", context));
    if (has("s3")) await onS3(comparer("s3", context));
  },
};

/** Compares ways, the first of which is the baseline. Their answers differ by nature. */
type Compare = (name: Name, ways: Readonly<Record<string, () => Promise<unknown>>>) => Promise<void>;

const comparer =
  (service: Service, { wanted, keep, log }: Context): Compare =>
  async (name, ways) => {
    const id = `history/${service}-${name}`;
    if (!wanted(id)) return;
    const measured = Object.entries(ways).map(
      ([way, run]) => ({ name: way, kind: "ours", run, answer: async () => "" }) as const,
    );
    await keep(await measure({ id, title: NAMES[name], ways: measured }, log));
  };

async function onPostgres(compare: Compare): Promise<void> {
  const server = await startPostgres({ log: console.log });
  const database = await createDatabase(server.url);
  const { url } = database;
  const without = new PostgresBackend({ url, table: "without" });
  const kept = new PostgresBackend({ url, table: "kept", history: true });
  const small = new PostgresBackend({ url, table: "small", searchIndex: "off", history: true });
  const large = new PostgresBackend({ url, table: "large", searchIndex: "off", history: true });
  try {
    await measureBoth(without, kept, compare);
    await fill(small, FILES.few);
    await fill(large, FILES.many);
    await compare("rewind", {
      [`among ${FILES.few}`]: () => changeAndRewind(small),
      [`among ${FILES.many}`]: () => changeAndRewind(large),
    });
  } finally {
    await Promise.all([without, kept, small, large].map((backend) => backend.close()));
    await database.drop();
    await server.stop();
  }
}

async function onS3(compare: Compare): Promise<void> {
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
    await measureBoth(without, kept, compare);
  } finally {
    await Promise.all([without.close(), kept.close()]);
    client.destroy();
    await server.stop();
  }
}

const TEXT = Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`).join("\n");

/** Number of files that are edited in turn. */
const EDITED = 100;

async function measureBoth(without: RemoteBackend, kept: RemoteBackend, compare: Compare): Promise<void> {
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
  await compare("write", {
    without: () => must(without.write(`/w/${files++}`, TEXT)),
    "with history": () => must(kept.write(`/w/${files++}`, TEXT)),
  });
  await compare("edit", {
    without: () => edit(without, edits.without++),
    "with history": () => edit(kept, edits.kept++),
  });
  await compare("old", {
    "read of the file": () => must(kept.readRaw("/old.txt")),
    history: () => must(kept.history("/old.txt")),
    readVersion: () => must(kept.readVersion("/old.txt", first)),
    "at().readRaw": () => must(past.readRaw("/old.txt")),
  });
  await compare("ls", {
    without: () => must(without.ls("/listed")),
    "with history": () => must(kept.ls("/listed")),
  });
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
