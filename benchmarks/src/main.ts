/** Compares the backends with plain calls that do the same work: `npm run bench` in the root. */
import { measurePostgres } from "./postgres.js";
import { measureS3 } from "./s3.js";

console.table([...(await measurePostgres()), ...(await measureS3())]);
