import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type Image, MINIO_IMAGE } from "../docker.js";
import type { GoProgram } from "../go.js";
import { reason } from "../messages.js";
import type { Home } from "../os/home.js";
import { ROOT } from "./address.js";

/** An S3 server that tests run on. */
export interface S3Kind {
  /** Environment variable that names a running one. */
  readonly variable: string;
  readonly go: GoProgram;
  readonly image?: Image;
  parameters(listen: string, data: string, home: Home): string[];
  /** Settings in the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns true if the server of this home, which listens as its parameters say, takes requests at the endpoint. */
  isReady(endpoint: string, home: Home): Promise<boolean>;
}

/** MinIO in its last state: the project is archived. */
export const MINIO: S3Kind = {
  variable: "TEST_S3_URL",
  go: {
    name: "MinIO",
    program: "minio",
    package: "github.com/minio/minio",
    // Its tags do not resolve as versions of a Go module; this name of a commit does.
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
  },
  image: MINIO_IMAGE,
  parameters: (listen, data) => ["server", "--address", listen, data],
  env: {
    MINIO_ROOT_USER: ROOT.user,
    MINIO_ROOT_PASSWORD: ROOT.password,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
  },
  async isReady(endpoint, home) {
    // Every MinIO answers alike. The log shows that this one does.
    if (!readFileSync(home.log, "utf8").includes("API: ")) return false;
    return (await statusOf(`${endpoint}/minio/health/ready`)) === 200;
  },
};

/**
 * VersityGW: S3 over the files of a folder, each key a path. It shares no code with MinIO. The file system must have
 * extended attributes of users.
 */
export const VERSITYGW: S3Kind = {
  variable: "TEST_VERSITYGW_URL",
  go: {
    name: "VersityGW",
    program: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
    version: "v1.8.0",
  },
  parameters: (listen, data, home) => [
    ...["--port", listen, "--quiet", "--keep-alive", "--health", `/${basename(home.path)}`],
    ...["posix", data],
  ],
  env: { ROOT_ACCESS_KEY_ID: ROOT.user, ROOT_SECRET_ACCESS_KEY: ROOT.password },
  // The path tells it from another gateway that took the port in the meantime.
  isReady: async (endpoint, home) => (await statusOf(`${endpoint}/${basename(home.path)}`)) === 200,
};

/** Returns the HTTP status of an answer, or the reason why there is none. */
export async function statusOf(url: string): Promise<number | string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    return reason(error);
  }
}
