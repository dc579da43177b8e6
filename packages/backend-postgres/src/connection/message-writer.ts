import { nextTurn } from "@deepagents-remote/core/adapter";
import type { LargeBind, LargeParameters } from "./large-parameters.js";

export type Write = (data: Uint8Array | string, ...rest: unknown[]) => boolean;

/** Writes client messages, and replaces tokens by large parameters, which are written in slices with backpressure. */
export class MessageWriter {
  readonly #write: Write;
  readonly #parameters: LargeParameters;
  /** Writes queued until a large parameter is complete. */
  #waiting: Parameters<Write>[] | undefined;
  #isStopped = false;

  /** @param write Writes to the socket. */
  constructor(write: Write, parameters: LargeParameters) {
    this.#write = write;
    this.#parameters = parameters;
  }

  /** True while a message is only partly written. */
  get isStreaming(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Writes messages.
   * @param data Whole messages.
   */
  write(data: Uint8Array | string, ...rest: unknown[]): boolean {
    if (this.#waiting) {
      this.#waiting.push([data, ...rest]);
      return false;
    }
    const bind = typeof data === "string" ? undefined : this.#parameters.find(data);
    if (bind === undefined) return this.#write(data, ...rest);
    this.#waiting = [];
    void this.#stream(bind);
    return false;
  }

  /** Stops writing. */
  stop(): void {
    this.#isStopped = true;
  }

  async #stream(bind: LargeBind): Promise<void> {
    this.#write(withLengths(bind));
    for (const slice of bind.parameter.slices()) {
      // The callback is also called if the socket is closed meanwhile.
      await new Promise<unknown>((resolve) => this.#write(slice, "latin1", resolve));
      await nextTurn();
      if (this.#isStopped) return;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#write(bind.tail);
    for (const write of waiting) this.write(...write);
  }
}

/** Returns the head of a `Bind` message with the final lengths of message and parameter. */
function withLengths({ head, start, parameter, tokenBytes }: LargeBind): Buffer {
  const copy = Buffer.from(head);
  const { length } = parameter;
  copy.writeInt32BE(length, copy.length - 4);
  copy.writeInt32BE(copy.readInt32BE(start + 1) + length - tokenBytes, start + 1);
  return copy;
}
