import type { PostgresServer, S3Server } from "@deepagents-internal/servers";
import { installed } from "./installed.js";

const PACKAGES = [
  "@deepagents-remote/core",
  "@deepagents-remote/backend-postgres",
  "@deepagents-remote/backend-s3",
  "deepagents",
  "langchain",
  "@langchain/core",
  "@langchain/langgraph",
  "@langchain/langgraph-checkpoint",
  "@langchain/langgraph-checkpoint-postgres",
  "deepagents-s3-backend",
];

/** Returns the versions of Node, servers and packages, without the locations that the servers' descriptions contain. */
export function versions(postgres: PostgresServer, minio: S3Server): Readonly<Record<string, string>> {
  const [, release = "of the environment"] =
    /^MinIO (?:in Docker \()?(?!from )([^ )]+)/.exec(minio.description) ?? [];
  return {
    Node: process.versions.node,
    PostgreSQL: postgres.version,
    MinIO: release,
    ...Object.fromEntries(PACKAGES.map((name) => [name, installed(name).version])),
  };
}
