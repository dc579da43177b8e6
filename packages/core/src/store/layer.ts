import type { FileStore } from "./file-store.js";

/**
 * Wraps a store: methods of `own` replace those of `inner`, all others are forwarded.
 *
 * `search` and `lines` of `inner` are left out when `own` replaces what they stand for without bringing its own,
 * so that a layer which forgets them costs speed and never correctness. A layer with its own `get` or `apply` gets text as
 * strings, unless its `can` says `utf8Text`.
 * @param inner The store underneath.
 * @param own What the layer does differently.
 */
export function layer(inner: FileStore, own: Partial<FileStore>): FileStore {
  const search = own.search ?? (own.list || own.get ? undefined : inner.search?.bind(inner));
  const lines = own.lines ?? (own.get ? undefined : inner.lines?.bind(inner));
  const clock = own.clock ?? inner.clock?.bind(inner);
  const open = own.open ?? inner.open?.bind(inner);
  const close = own.close ?? inner.close?.bind(inner);
  const check = own.check ?? inner.check?.bind(inner);
  const passesText = own.get === undefined && own.apply === undefined;
  const maxAttempts = own.maxAttempts ?? inner.maxAttempts;
  return {
    // Read anew each time: a store may know better once it is open.
    get can() {
      return own.can ?? (passesText ? inner.can : { ...inner.can, utf8Text: false });
    },
    ...(maxAttempts !== undefined && { maxAttempts }),
    get: own.get ?? inner.get.bind(inner),
    list: own.list ?? inner.list.bind(inner),
    apply: own.apply ?? inner.apply.bind(inner),
    remove: own.remove ?? inner.remove.bind(inner),
    ...(clock && { clock }),
    ...(search && { search }),
    ...(lines && { lines }),
    ...(open && { open }),
    ...(close && { close }),
    ...(check && { check }),
  };
}
