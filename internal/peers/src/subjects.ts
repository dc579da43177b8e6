import { composite } from "./backends/composite.js";
import { deepagentsS3Backend } from "./backends/deepagents-s3-backend.js";
import { filesystem } from "./backends/filesystem.js";
import { memory } from "./backends/memory.js";
import { ourPostgres } from "./backends/postgres.js";
import { ourS3 } from "./backends/s3.js";
import { state } from "./backends/state.js";
import { storeMemory } from "./backends/store-memory.js";
import { storePostgres } from "./backends/store-postgres.js";
import type { PeerSubject } from "./subject.js";

/** Backends under test, by short name. */
export const subjects: Readonly<Record<string, PeerSubject>> = {
  filesystem,
  state,
  "store-memory": storeMemory,
  "store-postgres": storePostgres,
  composite,
  "deepagents-s3-backend": deepagentsS3Backend,
  memory,
  s3: ourS3,
  postgres: ourPostgres,
};
