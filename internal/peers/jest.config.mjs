import base from "../../jest.config.base.mjs";

export default {
  ...base,
  globalSetup: "@deepagents-internal/servers/jest-global-setup",
  globalTeardown: "@deepagents-internal/servers/jest-global-teardown",
  globals: { servers: ["postgres", "minio"] },
};
