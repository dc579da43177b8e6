import { RemoteBackendError } from "@deepagents-remote/core";

/**
 * Names that stores on a file system use internally: MinIO for folder markers, VersityGW for temporary files. The
 * stores accept files with such names, but never list them, so deleting a directory would miss them.
 */
const RESERVED = /(^|\/)(\.sgwtmp|[^/]*__XLDIR__)(\/|$)/;

/**
 * Rejects a file that the store would hide.
 * @param objectKey Key of the object, with the bucket's prefix.
 * @throws RemoteBackendError `invalid-path`
 */
export function refuseReserved(objectKey: string): void {
  if (!RESERVED.test(objectKey)) return;
  throw new RemoteBackendError(
    "invalid-path",
    "The store cannot hold a file of that name: MinIO and VersityGW use '.sgwtmp' and names that end in '__XLDIR__' " +
      "themselves, and would never list it. Choose another name.",
  );
}
