import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { FileBackend } from "./contender.js";
import { dataOf, edited, linesWith, matchesEnd, windowOf } from "./plain.js";

/** Requests at a time: as many as the SDK has sockets. */
const CONCURRENCY = 50;

/** Runs a task for each item, with bounded concurrency. */
async function each<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const work = async () => {
    for (const [i, item] of queue) results[i] = await task(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}

/**
 * The plain requests that an application would send by the AWS SDK for the same work, without checks or a cache: the limit of
 * what a backend on S3 can reach without one. Objects hold the text itself.
 */
export function rawS3(client: S3Client, Bucket: string): Partial<FileBackend> {
  const keyOf = (path: string) => path.slice(1);
  const prefixOf = (path: string) => (path === "/" ? "" : `${keyOf(path)}/`);
  const get = async (path: string) => {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(path) }));
    return { bytes: await Body!.transformToByteArray(), etag: ETag };
  };
  const textOf = async (path: string) => Buffer.from((await get(path)).bytes).toString();
  const list = async (path: string, Delimiter?: string) => {
    const paths: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, Prefix: prefixOf(path), Delimiter, ContinuationToken }),
      );
      for (const { Key } of page.Contents ?? []) paths.push(`/${Key}`);
      for (const { Prefix } of page.CommonPrefixes ?? []) paths.push(`/${Prefix}`);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return paths;
  };
  return {
    async read(path, offset = 0, limit = 500) {
      return { content: windowOf((await textOf(path)).split("\n"), offset, limit) };
    },
    async readRaw(path) {
      return { data: dataOf(await textOf(path)) };
    },
    async write(path, content) {
      await client.send(
        new PutObjectCommand({ Bucket, Key: keyOf(path), Body: Buffer.from(content), IfNoneMatch: "*" }),
      );
      return { path };
    },
    async edit(path, before, now) {
      const { bytes, etag } = await get(path);
      const Body = Buffer.from(edited(Buffer.from(bytes).toString(), before, now));
      await client.send(new PutObjectCommand({ Bucket, Key: keyOf(path), Body, IfMatch: etag }));
      return { path, occurrences: 1 };
    },
    async ls(path) {
      return { files: (await list(path, "/")).map((child) => ({ path: child })) };
    },
    async glob(pattern, path = "/") {
      const found = (await list(path)).filter((one) => matchesEnd(one, pattern));
      return { files: found.map((one) => ({ path: one })) };
    },
    async grep(pattern, path, glob, maxCount) {
      const paths = (await list(path ?? "/")).filter((one) => matchesEnd(one, glob));
      const found = await each(paths, async (one) =>
        linesWith(pattern, one, (await textOf(one)).split("\n")),
      );
      return { matches: found.flat().slice(0, maxCount ?? undefined) };
    },
    async delete(path) {
      const paths = await list(path);
      for (let start = 0; start < paths.length; start += 1_000) {
        const Objects = paths.slice(start, start + 1_000).map((one) => ({ Key: keyOf(one) }));
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      }
      if (paths.length === 0) await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(path) }));
      return { path };
    },
    async uploadFiles(files) {
      await each(files, ([path, Body]) =>
        client.send(new PutObjectCommand({ Bucket, Key: keyOf(path), Body })),
      );
      return files.map(([path]) => ({ path, error: null }));
    },
    async downloadFiles(paths) {
      return each(paths, async (path) => ({ path, content: (await get(path)).bytes, error: null }));
    },
  };
}
