/** Lease of a resource, which is closed when its last lease is released. */
export interface Lease<Resource> {
  readonly resource: Resource;
  /**
   * Releases the lease. Idempotent.
   * @returns Resolves when the resource is closed, if this was the last lease.
   */
  release(): Promise<void>;
  /** Releases the lease also when its owner is garbage-collected. */
  releaseWith(owner: object): void;
}

/** Releases leases whose owners were garbage-collected without releasing them. */
const abandoned = new FinalizationRegistry<Lease<unknown>>((lease) => void lease.release());

/** Resources, such as connection pools, that are shared by all callers with equal settings. */
export class SharedResources<
  Resource extends {
    /** Closes the resource. */
    close(): void | Promise<void>;
  },
> {
  readonly #shared = new Map<string, { readonly resource: Resource; leases: number }>();

  /**
   * Leases the resource with this digest.
   * @param digest See `settingsDigest`. Without one, the resource is not shared.
   * @param open Opens the resource if it has no lease.
   */
  lease(digest: string | undefined, open: () => Resource): Lease<Resource> {
    const known = digest === undefined ? undefined : this.#shared.get(digest);
    const shared = known ?? { resource: open(), leases: 0 };
    if (digest !== undefined) this.#shared.set(digest, shared);
    shared.leases++;
    const release = async () => {
      abandoned.unregister(lease);
      if (--shared.leases > 0) return;
      if (digest !== undefined) this.#shared.delete(digest);
      await shared.resource.close();
    };
    let released: Promise<void> | undefined;
    const lease: Lease<Resource> = {
      resource: shared.resource,
      release() {
        released ??= release();
        return released;
      },
      releaseWith: (owner) => abandoned.register(owner, lease, lease),
    };
    return lease;
  }
}
