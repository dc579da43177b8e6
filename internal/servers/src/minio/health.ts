const TIMEOUT_MS = 5_000;

/** The HTTP status by which a MinIO says whether it is ready: 200, or 503 while it is not. */
export async function askHealth(endpoint: string): Promise<number> {
  const answer = await fetch(`${endpoint}/minio/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  await answer.body?.cancel();
  return answer.status;
}

/** Name that an S3 service gives itself: `MinIO`, `VERSITYGW`; empty if it gives none. */
export async function serverName(endpoint: string): Promise<string> {
  const answer = await fetch(endpoint, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  await answer.body?.cancel();
  return answer.headers.get("server") ?? "";
}
