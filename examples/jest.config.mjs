import { withServers } from "../jest.config.base.mjs";

export default withServers(["postgres", "minio"], { minio: /^(composite|copy|examples|snippets)\./ });
