import type { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { failure, type Intercept, type S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import type { BackendFixture } from "@deepagents-remote/core/conformance";

/** How a store behind a proxy is taken away: it answers 503, to everything or to what only reads. */
export function storeOutages(proxy: S3Proxy): Required<Pick<BackendFixture, "outage" | "readOutage">> {
  const takesAway = (intercept: Intercept) => () => {
    proxy.intercept = intercept;
    return () => proxy.reset();
  };
  return {
    outage: takesAway(() => failure(503, "SlowDown")),
    readOutage: takesAway(({ method }, forward) =>
      method === "GET" || method === "HEAD" ? failure(503, "SlowDown") : forward(),
    ),
  };
}

/** How a database server behind a proxy is taken away: it resets connections, those that are open and new ones. */
export function databaseOutage(proxy: FaultyProxy): Required<Pick<BackendFixture, "outage">> {
  return {
    outage() {
      proxy.refusals = Number.POSITIVE_INFINITY;
      for (const connection of proxy.connections) connection.reset();
      return () => {
        proxy.refusals = 0;
      };
    },
  };
}
