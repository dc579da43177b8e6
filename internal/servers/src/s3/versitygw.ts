import { basename } from "node:path";
import { ROOT } from "./address.js";
import { type S3Kind, statusOf } from "./kind.js";

/**
 * VersityGW: S3 over the files of a folder, each key a path. It shares no code with MinIO. The file system must have
 * extended attributes of users.
 */
export const VERSITYGW: S3Kind = {
  variable: "TEST_VERSITYGW_URL",
  go: {
    name: "VersityGW",
    program: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
    version: "v1.8.0",
    oldestGo: "1.25",
    cost: "100 s, and 1 GB of Go's caches",
  },
  version: /Version\s*:\s*(\S*)/,
  parameters: (listen, data, home) => [
    ...["--port", listen, "--quiet", "--keep-alive", "--health", `/${basename(home.path)}`],
    ...["posix", data],
  ],
  env: { ROOT_ACCESS_KEY_ID: ROOT.user, ROOT_SECRET_ACCESS_KEY: ROOT.password },
  foreign: /^(VGW|ROOT)_/i,
  // The path tells it from another gateway that took the port in the meantime.
  isReady: async (endpoint, home) => (await statusOf(`${endpoint}/${basename(home.path)}`)) === 200,
  portTaken: /address already in use/,
};
