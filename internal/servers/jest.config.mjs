import { withServers } from "../../jest.config.base.mjs";

// Its own setup, by name as in other packages, is what these tests try first.
export default withServers(["postgres", "minio"], {
  pgbouncer: /^pgbouncer\./,
  minio: /^(minio|with-servers)\./,
});
