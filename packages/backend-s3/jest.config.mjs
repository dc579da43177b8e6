import { withServers } from "../../jest.config.base.mjs";

export default withServers(["minio"], { minio: /^(?!unit\/)/ });
