import { withServers } from "../../jest.config.base.mjs";

export default withServers(["minio", "versitygw"], {
  minio: /^(?!unit\/|versitygw\.)/,
  versitygw: /^versitygw\./,
});
