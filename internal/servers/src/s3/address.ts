/** How an S3 service is reached. */
export interface S3Address {
  /** All of the following in one. */
  url: string;
  /** `http://127.0.0.1:9000` */
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/**
 * Takes an address apart.
 * @param url `http://accessKeyId:secretAccessKey@host:port`, with `?region=...` where that is not `us-east-1`; the
 *   credentials are percent-encoded. Default: `TEST_S3_URL`, which `npm test` and the jest set-up give.
 * @throws when it does not look like that. The message does not show it: any part may be the secret.
 */
export function s3Address(url = process.env.TEST_S3_URL): S3Address {
  if (!url) {
    throw new Error(
      "TEST_S3_URL is not set. Run the tests by `npm test`, and name minio for this package in " +
        "jest.config.mjs.",
    );
  }
  const address = parse(url);
  if (address) return address;
  throw new Error(
    "TEST_S3_URL must look like http://accessKeyId:secretAccessKey@host:port, with %2F for a slash in a key. " +
      "Unset it to have a server started.",
  );
}

/** The address of a server that was started here. */
export function localAddress(port: number): S3Address {
  return s3Address(`http://${ROOT.user}:${ROOT.password}@127.0.0.1:${port}`);
}

/** Credentials of the servers that are started here, and of those of `docker-compose.yml`. */
export const ROOT = { user: "minioadmin", password: "minioadmin" };

function parse(url: string): S3Address | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== "/") return undefined;
  if (!parsed.username || !parsed.password) return undefined;
  try {
    return {
      url,
      endpoint: parsed.origin,
      accessKeyId: decodeURIComponent(parsed.username),
      secretAccessKey: decodeURIComponent(parsed.password),
      region: parsed.searchParams.get("region") ?? "us-east-1",
    };
  } catch {
    return undefined;
  }
}
