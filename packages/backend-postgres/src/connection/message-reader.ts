/** Bytes of a message header: the type, and a length that includes itself. */
const HEAD_BYTES = 5;

/** Splits the byte stream of a server into whole messages. */
export class MessageReader {
  #parts: Buffer[] = [];
  /** Missing bytes of the incomplete message; 0 if its length is unknown. */
  #missing = 0;
  /** Type of the last whole message. */
  last = 0;

  /** Returns the messages that `chunk` completes; `undefined` if it completes none. */
  push(chunk: Buffer): Buffer | undefined {
    if (chunk.length < this.#missing) {
      this.#parts.push(chunk);
      this.#missing -= chunk.length;
      return undefined;
    }
    const data = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
    const whole = this.#walk(data);
    this.#parts = whole < data.length ? [data.subarray(whole)] : [];
    return whole > 0 ? data.subarray(0, whole) : undefined;
  }

  /** Returns the end of the last whole message. */
  #walk(data: Buffer): number {
    let whole = 0;
    this.#missing = 0;
    while (data.length - whole >= HEAD_BYTES) {
      const end = whole + 1 + data.readUInt32BE(whole + 1);
      if (end > data.length) {
        this.#missing = end - data.length;
        break;
      }
      this.last = data[whole]!;
      whole = end;
    }
    return whole;
  }
}
