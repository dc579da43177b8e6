import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { isRoot } from "../src/os/user.js";
import { findInstalled, program } from "../src/postgres/binaries.js";
import { answers } from "../src/postgres/connection.js";
import { startPostgres } from "../src/postgres/start.js";
import { startMinio } from "../src/s3/start.js";
import { AS_POSTGRES, fakeDocker } from "./helpers/fake-docker.js";
import { Machine } from "./helpers/machine.js";

const machine = new Machine();
const { addDocker, asked } = fakeDocker(machine);

const FAIL = "echo no such luck >&2; exit 125";

describe("no engine", () => {
  const start = () => startMinio({ sources: ["docker"] });
  const NONE = /^no MinIO: no Docker engine answers\n/;

  it("is a reason to try other sources, and an error if a variable names an image", async () => {
    machine.addProgram("docker", "echo Cannot connect >&2; exit 1");
    await expect(start()).rejects.toThrow(NONE);
    process.env.MINIO_IMAGE = "localhost/minio:1";
    await expect(start()).rejects.toThrow(/^MINIO_IMAGE is set, but no Docker engine answers$/);
  });

  it("is one of another machine", async () => {
    addDocker("exit 0");
    process.env.DOCKER_HOST = "tcp://docker.example:2375";
    await expect(start()).rejects.toThrow(NONE);
  });
});

describe("an image that cannot be run", () => {
  it("is skipped with a log line", async () => {
    addDocker(FAIL);
    const server = await startPostgres({ log: machine.log });
    await server.stop();
    expect(server.description).not.toContain("Docker");
    expect(machine.lines).toEqual([
      "downloading postgres:17-alpine by Docker (once)",
      expect.stringMatching(
        /^Docker could not run postgres:17-alpine: .*ended at once \(exit code 125\).*no such luck$/s,
      ),
    ]);
  });

  it("is an error if its variable requests it", async () => {
    addDocker(FAIL, "echo manifest unknown >&2; exit 1");
    process.env.MINIO_IMAGE = "localhost/minio:1";
    await expect(startMinio()).rejects.toThrow(
      "MINIO_IMAGE is set, but Docker could not run localhost/minio:1: manifest unknown",
    );
  });
});

describe("a container", () => {
  const [installed] = findInstalled();

  // The command `docker` of this test needs a PostgreSQL of this machine, and to start it as another user than root.
  (installed && isRoot() ? it : it.skip)(
    "of PostgreSQL is for this machine alone, and is removed",
    async () => {
      const data = join(machine.folder, "data");
      const [initdb, postgres] = ["initdb", "postgres"].map((name) => program(installed!, name));
      addDocker(`
      port=$(echo "$*" | sed 's/.*127.0.0.1:\\([0-9]*\\):5432.*/\\1/')
      echo "$POSTGRES_PASSWORD" >${machine.folder}/password
      mkdir ${data} && chown postgres ${data} && cd ${data}
      ${AS_POSTGRES} ${initdb} -D ${data} -U postgres -A scram-sha-256 --pwfile=${machine.folder}/password
      exec ${AS_POSTGRES} ${postgres} -D ${data} -p $port -h 127.0.0.1 -k ""`);
      const server = await startPostgres({ log: machine.log });
      expect(server.description).toMatch(/ in Docker \(postgres:17-alpine\) on port \d+ \(temporary\)$/);
      await server.stop();
      expect(await answers(server.url)).toBe(false);
      const [, name, options] = /^run --rm --name (\S+) (.*)/.exec(asked("run"))!;
      const { port } = new URL(server.url);
      const image = "--env POSTGRES_PASSWORD postgres:17-alpine -c max_connections=300 -c fsync=off ";
      expect(options).toContain(`--publish 127.0.0.1:${port}:5432 ${image}`);
      expect(asked("rm")).toBe(`rm --force --volumes ${name}`);
    },
  );

  it("of MinIO gets its settings without their values on the command line", async () => {
    addDocker(FAIL);
    await expect(startMinio({ sources: ["docker"] })).rejects.toThrow(
      /^no MinIO: Docker could not run quay\.io/,
    );
    expect(asked("run")).toMatch(
      /--publish 127\.0\.0\.1:\d+:9000 --env MINIO_ROOT_USER --env MINIO_ROOT_PASSWORD .* server --address :9000 \/data$/,
    );
  });
});
