import { S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import type { Traffic } from "./framework/measurement.js";

/** A proxy in front of a store that adds latency and counts the traffic. */
export interface Meter {
  /** URL to use instead of that of the store. */
  readonly endpoint: string;
  /** Returns the traffic since the last call. */
  readonly take: () => Traffic;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a meter. Without a latency clients use the store directly, because the proxy costs time itself.
 * @param ms Round trip to add to each request, in milliseconds.
 */
export async function startMeter(endpoint: string, ms: number): Promise<Meter> {
  const proxy = await S3Proxy.start(endpoint);
  let traffic = nothing();
  proxy.intercept = async ({ method, url, body }, forward) => {
    // The proxy keeps every request with its body.
    proxy.asked.length = 0;
    await new Promise((resolve) => setTimeout(resolve, ms));
    const answer = await forward();
    traffic.requests[priceClass(method, url)]++;
    traffic.sent += body.length;
    traffic.received += method === "HEAD" ? 0 : (answer.body?.length ?? 0);
    return answer;
  };
  return {
    endpoint: ms > 0 ? proxy.endpointUrl : endpoint,
    take() {
      const taken = traffic;
      traffic = nothing();
      return taken;
    },
    stop: () => proxy.stop(),
  };
}

const nothing = () => ({ requests: { write: 0, read: 0, free: 0 }, sent: 0, received: 0 });

/** Returns the class by which S3 charges: PUT, COPY, POST and LIST cost more than GET and HEAD; DELETE is free. */
function priceClass(method: string, url: string): keyof Traffic["requests"] {
  if (method === "DELETE" || (method === "POST" && /[?&]delete\b/.test(url))) return "free";
  return method === "PUT" || method === "POST" || /[?&](list-type|versions|uploads)\b/.test(url)
    ? "write"
    : "read";
}
