/** All measurements, each side by side with the plain call that does the same work: `npm run bench` in the root. */
import { measurePostgres } from "./postgres.js";
import { measureS3 } from "./s3.js";

console.table([...(await measurePostgres()), ...(await measureS3())]);
