import { RemoteBackendError } from "@deepagents-remote/core";

/**
 * Names that stores over a file system use themselves: MinIO ends its form of a folder marker so, VersityGW has its
 * temporary files there. They take a file of such a name, which then no listing shows and no deletion of a directory
 * finds.
 */
const RESERVED = /(^|\/)(\.sgwtmp|[^/]*__XLDIR__)(\/|$)/;

/**
 * Refuses to create a file that the store would hide.
 * @param key With its prefix.
 * @throws RemoteBackendError `invalid-path`
 */
export function refuseReserved(key: string): void {
  if (!RESERVED.test(key)) return;
  throw new RemoteBackendError(
    "invalid-path",
    "The store cannot hold a file of that name: MinIO and VersityGW use '.sgwtmp' and names that end in '__XLDIR__' " +
      "themselves, and would never list it. Choose another name.",
  );
}
