import { definePythonTests } from "@deepagents-internal/testing";
import { useDatabase } from "./helpers/database.js";
import { tablesOf } from "./helpers/tables.js";

const database = useDatabase();

definePythonTests({
  storage: tablesOf(database),
  backend: "PostgresBackend",
  config(table) {
    const { hostname, port, pathname, username, password } = new URL(database.url);
    return {
      host: hostname,
      port: Number(port || 5432),
      database: pathname.slice(1),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      table,
      min_pool_size: 1,
    };
  },
  uploadsRaw: false,
});
