import base from "../../jest.config.base.mjs";

// `test:unit` must not need a server.
const unit = process.argv.includes("unit/");

export default {
  ...base,
  ...(!unit && {
    globalSetup: "@deepagents-internal/servers/jest-global-setup",
    globalTeardown: "@deepagents-internal/servers/jest-global-teardown",
    globals: { servers: ["minio"] },
  }),
};
