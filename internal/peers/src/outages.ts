import type { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { failure, type Intercept, type S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import type { BackendFixture } from "@deepagents-remote/core/conformance";

/** Simulates an outage of a store behind a proxy: it responds with 503 to all requests, or to reads only. */
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

/** Simulates an outage of a database server behind a proxy: it resets open and new connections. */
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
