// Loads conformance.ts for programs without TypeScript: the command line of the suite, and the processes of its races.
//
//     SQLITE_FILE=files.db node ../packages/core/dist/cli.js conformance custom-backend/run-conformance.mjs
import "tsx";

export const { name, capabilities, create } = await import("./conformance.ts");
