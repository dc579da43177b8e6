import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach } from "@jest/globals";

/** Variables that choose a server. */
const CHOOSING = [
  ...["TEST_POSTGRES_URL", "TEST_S3_URL", "TEST_VERSITYGW_URL", "DOCKER_HOST"],
  ...["POSTGRES_IMAGE", "MINIO_IMAGE", "PGBOUNCER_IMAGE"],
];

/** A machine for each test of the calling file: no variable chooses a server, and temporary files have their own folder. */
export class Machine {
  /** A folder that all users can pass through. */
  folder = "";
  /** Lines that were logged. */
  lines: string[] = [];
  readonly log = (line: string) => this.lines.push(line);
  #saved: NodeJS.ProcessEnv = {};
  #servers: Server[] = [];

  constructor() {
    beforeEach(() => {
      this.#saved = { ...process.env };
      this.folder = mkdtempSync(join(tmpdir(), "servers-test-"));
      chmodSync(this.folder, 0o755);
      this.lines = [];
      for (const name of CHOOSING) delete process.env[name];
      process.env.TMPDIR = this.folder;
    });
    afterEach(() => {
      for (const server of this.#servers.splice(0)) server.close().closeAllConnections();
      for (const name of Object.keys(process.env)) if (!(name in this.#saved)) delete process.env[name];
      Object.assign(process.env, this.#saved);
      chmodSync(this.folder, 0o755);
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Takes all programs and caches away. */
  bare(): void {
    process.env.PATH = this.folder;
    process.env.XDG_CACHE_HOME = join(this.folder, "cache");
  }

  /** Puts a program on PATH, in front, that a shell runs. */
  addProgram(name: string, script: string): void {
    writeFileSync(join(this.folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    if (!process.env.PATH?.startsWith(this.folder)) process.env.PATH = `${this.folder}:${process.env.PATH}`;
  }

  /** Folders of the servers that this test has started and that are still there. */
  homes(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith("deepagents-remote-"));
  }

  /** Something that listens where a server would, until the end of the test. Returns `host:port`. */
  async listen(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

/** An address where nothing listens. */
export const NOBODY = "127.0.0.1:1";

/** Waits until a condition holds; the test's own limit ends it otherwise. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(20);
}
