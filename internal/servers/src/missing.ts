/** A server that this machine does not have: nothing is broken, something has to be installed. */
export class MissingServer extends Error {}

/**
 * Environment variable that `npm test` sets when servers are missing: a JSON object from the server's name to the reason,
 * with what to install. The jest configuration leaves out the test files that need one of them.
 */
export const MISSING_SERVERS = "TEST_SERVERS_MISSING";
