import { definePythonTests } from "@deepagents-internal/testing";
import { useBucket } from "./helpers/bucket.js";
import { prefixesOf } from "./helpers/prefixes.js";

const bucket = useBucket();

definePythonTests({
  storage: prefixesOf(bucket),
  backend: "S3Backend",
  config: (prefix) => ({
    bucket: bucket.name,
    prefix,
    region: bucket.connection.region,
    endpoint_url: bucket.connection.endpointUrl,
    access_key_id: bucket.connection.accessKeyId,
    secret_access_key: bucket.connection.secretAccessKey,
  }),
  uploadsRaw: true,
});
