/** Map of limited size, which drops the entry that was set the longest time ago. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #max: number;

  /** @param max Maximum number of entries. */
  constructor(max: number) {
    super();
    this.#max = max;
  }

  override set(key: K, value: V): this {
    // A Map iterates in insertion order.
    super.delete(key);
    super.set(key, value);
    if (this.size > this.#max) super.delete(this.keys().next().value!);
    return this;
  }
}
