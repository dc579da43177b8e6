import type { FileStore } from "./file-store.js";

/**
 * Wraps a store: methods of `own` replace those of `inner`, all others are forwarded.
 *
 * `search` and `readLines` of `inner` are omitted if `own` replaces the methods that they shortcut without its own
 * versions, so that a layer that forgets them loses speed, but never correctness. `history` of `inner` is omitted if `own`
 * replaces any method that handles keys or content, because the layer would not apply to old versions. A layer with its own `get` or `put`
 * gets text as strings, unless its `capabilities` have `utf8Text`.
 * @param inner The store underneath.
 * @param own Methods that the layer overrides.
 */
export function layer(inner: FileStore, own: Partial<FileStore>): FileStore {
  const search = own.search ?? (own.list || own.get ? undefined : inner.search?.bind(inner));
  const readLines = own.readLines ?? (own.get ? undefined : inner.readLines?.bind(inner));
  const clock = own.clock ?? inner.clock?.bind(inner);
  const open = own.open ?? inner.open?.bind(inner);
  const close = own.close ?? inner.close?.bind(inner);
  const check = own.check ?? inner.check?.bind(inner);
  const passesHistory = !own.get && !own.list && !own.put && !own.delete;
  const passesText = own.get === undefined && own.put === undefined;
  const maxAttempts = own.maxAttempts ?? inner.maxAttempts;
  return {
    // Read on each access, because capabilities may change once the store is open.
    get capabilities() {
      return (
        own.capabilities ?? (passesText ? inner.capabilities : { ...inner.capabilities, utf8Text: false })
      );
    },
    ...(maxAttempts !== undefined && { maxAttempts }),
    // Read on each access, like the capabilities.
    get history() {
      return own.history ?? (passesHistory ? inner.history : undefined);
    },
    get: own.get ?? inner.get.bind(inner),
    list: own.list ?? inner.list.bind(inner),
    put: own.put ?? inner.put.bind(inner),
    delete: own.delete ?? inner.delete.bind(inner),
    ...(clock && { clock }),
    ...(search && { search }),
    ...(readLines && { readLines }),
    ...(open && { open }),
    ...(close && { close }),
    ...(check && { check }),
  };
}
