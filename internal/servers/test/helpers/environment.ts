import { afterEach, beforeEach } from "@jest/globals";

/** The variables that choose a server. Each test of the calling file starts without them. */
const NAMES = ["TEST_POSTGRES_URL", "POSTGRES_IMAGE", "DOCKER_HOST"] as const;

export function withCleanEnvironment(): void {
  const saved = new Map<string, string | undefined>();
  beforeEach(() => {
    for (const name of NAMES) {
      saved.set(name, process.env[name]);
      delete process.env[name];
    }
  });
  afterEach(() => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
