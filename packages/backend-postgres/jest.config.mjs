import { withServers } from "../../jest.config.base.mjs";

export default withServers(["postgres"], { pgbouncer: /^pgbouncer\./ });
