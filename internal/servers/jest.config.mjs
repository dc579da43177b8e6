import base from "../../jest.config.base.mjs";

export default {
  ...base,
  // By name, as other packages do it: their way is tried here first.
  globalSetup: "@deepagents-internal/servers/jest-global-setup",
  globalTeardown: "@deepagents-internal/servers/jest-global-teardown",
  globals: { servers: ["postgres", "minio"] },
};
