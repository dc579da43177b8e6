import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { isRoot } from "../src/os/user.js";
import { providePgBouncer } from "../src/pgbouncer/provide.js";
import { startPgBouncer } from "../src/pgbouncer/start.js";
import { findInstalled, program } from "../src/postgres/binaries.js";
import { answers, createDatabase } from "../src/postgres/connection.js";
import { startPostgres } from "../src/postgres/start.js";
import { startMinio } from "../src/s3/start.js";
import { Machine } from "./helpers/machine.js";

const given = process.env.TEST_POSTGRES_URL;
const machine = new Machine();

/** Stands for the command `docker`, notes what it is asked for, and does `run` for `docker run`. */
function addDocker(run: string, pull = "exit 0"): void {
  machine.addProgram(
    "docker",
    `echo "$*" >>"${machine.folder}/asked"
    case "$1" in
      image) exit 1;;
      pull) ${pull};;
      run) ${run};;
    esac`,
  );
}
const asked = (command: string) =>
  readFileSync(join(machine.folder, "asked"), "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${command} `))!;
/** Servers refuse to run as root. */
const AS_POSTGRES = "setpriv --reuid=postgres --regid=postgres --clear-groups";
const FAIL = "echo no such luck >&2; exit 125";

describe("without an engine", () => {
  beforeEach(() => machine.addProgram("docker", "echo Cannot connect >&2; exit 1"));

  it("another PostgreSQL is taken, and a line tells that POSTGRES_IMAGE is not used", async () => {
    process.env.POSTGRES_IMAGE = "postgres:16-alpine";
    const server = await startPostgres({ log: machine.log });
    await server.stop();
    expect(server.source).not.toBe("docker");
    expect(machine.lines).toContain(
      "POSTGRES_IMAGE is set, but no Docker engine answers: postgres:16-alpine is not used",
    );
  });

  it("a MinIO is missing where only Docker is asked", async () => {
    await expect(startMinio({ sources: ["docker"] })).rejects.toThrow(
      /^no MinIO: no Docker engine answers\n/,
    );
  });
});

it("an engine of another machine is none", async () => {
  addDocker("exit 0");
  process.env.DOCKER_HOST = "tcp://docker.example:2375";
  await expect(startMinio({ sources: ["docker"] })).rejects.toThrow("no Docker engine answers");
});

describe("an image that cannot be run", () => {
  it("is skipped with a line that says so", async () => {
    addDocker(FAIL);
    const server = await startPostgres({ log: machine.log });
    await server.stop();
    expect(server.source).not.toBe("docker");
    expect(machine.lines.slice(0, 2)).toEqual([
      "downloading postgres:17-alpine by Docker (once)",
      expect.stringMatching(
        /^Docker could not run postgres:17-alpine: .*ended at once \(exit code 125\).*no such luck$/s,
      ),
    ]);
  });

  it("is an error when its variable asks for it", async () => {
    addDocker(FAIL, "echo manifest unknown >&2; exit 1");
    process.env.MINIO_IMAGE = "localhost/minio:1";
    await expect(startMinio()).rejects.toThrow(
      "Docker could not download localhost/minio:1: manifest unknown",
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

  it("of PgBouncer stands in front of the target, with secrets that no command line shows", async () => {
    const { PATH } = process.env;
    const provided = await providePgBouncer(machine.log).catch(() => ({}));
    if (!("path" in provided)) return;
    machine.bare();
    const path = `export PATH="${dirname(provided.path)}:${PATH}"; unset TMPDIR`;
    addDocker(
      `${path}; while [ "$1" != -c ]; do shift; done; cd /; exec ${isRoot() ? AS_POSTGRES : ""} sh "$@"`,
    );
    const database = await createDatabase(given);
    const bouncer = await startPgBouncer({ target: database.url, places: [] });
    expect(await answers(bouncer.url)).toBe(true);
    await bouncer.stop();
    expect(await answers(bouncer.url)).toBe(false);
    await database.drop();
    const options = process.platform === "linux" ? "--network host" : "--publish 127.0.0.1:";
    expect(asked("run")).toContain(options);
    expect(asked("run")).toMatch(/--entrypoint sh --env INI --env USERS edoburu\/pgbouncer:v/);
    expect(asked("run")).not.toContain(new URL(bouncer.url).password);
  });
});
