/** Compares S3Backend with plain SDK calls that do the same work: `npm run bench` in the root. */
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startMinio } from "@deepagents-internal/servers";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { compare, type Measured } from "./compare.js";

const Bucket = "benchmark";

/** Runs all measurements on a separate MinIO. */
export async function measureS3(): Promise<Measured[]> {
  const server = await startMinio({ log: console.log });
  console.log(server.description);
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials: { ...credentials }, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  const options = { bucket: Bucket, endpointUrl: endpoint, region, ...credentials };
  const allowing = new S3Backend({ ...options, pathConflicts: "allow" });
  const refusing = new S3Backend({ ...options, pathConflicts: "refuse" });
  const uncached = new S3Backend({ ...options, cacheBytes: 0 });
  try {
    return await measure(client, { allowing, refusing, uncached });
  } finally {
    await Promise.all([allowing.close(), refusing.close(), uncached.close()]);
    client.destroy();
    await server.stop();
  }
}

async function measure(
  client: S3Client,
  { allowing, refusing, uncached }: Record<"allowing" | "refusing" | "uncached", S3Backend>,
): Promise<Measured[]> {
  const text = Array.from({ length: 100 }, (_, i) => `line ${i} of a file of four kilobytes`).join("\n");
  const Body = Buffer.from(JSON.stringify({ content: text.split("\n"), created_at: "", modified_at: "" }));
  const get = async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "read.txt" }));
    return JSON.parse(await Body!.transformToString());
  };
  const put = (Key: string) =>
    client.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json", IfNoneMatch: "*" }),
    );
  await allowing.write("/read.txt", text);
  await allowing.write("/edit.txt", `${text}\n0`);
  await allowing.uploadFiles(
    Array.from({ length: 1_000 }, (_, i) => [
      `/search/d${i % 20}/f${i}.ts`,
      Buffer.from(i === 500 ? `${text}\nextraordinary` : text),
    ]),
  );
  await allowing.grep("extraordinary", "/search");
  let files = 0;
  let edits = 0;
  return [
    ...(await compare({
      title: "S3: read of 4 KB",
      ways: {
        "SDK: GET": get,
        "S3Backend, not cached": () => uncached.read("/read.txt"),
        "S3Backend, cached": () => allowing.read("/read.txt"),
      },
    })),
    ...(await compare({
      title: "S3: write of 4 KB",
      ways: {
        "SDK: PUT If-None-Match": () => put(`raw/${files++}`),
        'S3Backend, pathConflicts: "allow"': () => allowing.write(`/allow/${files++}`, text),
        'S3Backend, pathConflicts: "refuse"': () => refusing.write(`/refuse/${files++}`, text),
      },
    })),
    ...(await compare({
      title: "S3: edit of 4 KB",
      ways: {
        "SDK: GET, PUT": async () => {
          await get();
          await put(`raw/${files++}`);
        },
        "S3Backend, cached": () => allowing.edit("/edit.txt", `\n${edits}`, `\n${++edits}`),
      },
    })),
    ...(await compare({
      title: "S3: grep, rare word in 1,000 files",
      ways: {
        "fetch and search": () => uncached.grep("extraordinary", "/search"),
        "S3Backend, cached": () => allowing.grep("extraordinary", "/search"),
      },
    })),
  ];
}
