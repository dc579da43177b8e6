import { nextTurn } from "@deepagents-remote/core/adapter";
import { base64Length, base64Slices } from "../rows/base64.js";
import type { LargeBind, LargeParameters } from "./large-parameters.js";

export type Write = (data: Uint8Array | string, ...rest: unknown[]) => boolean;

/** Writes a client's messages, and large parameters in their place, slice by slice as the socket takes them. */
export class MessageWriter {
  readonly #write: Write;
  readonly #parameters: LargeParameters;
  /** Writes that wait for the end of a large parameter. */
  #waiting: Parameters<Write>[] | undefined;
  #isStopped = false;

  /** @param write Writes to the socket. */
  constructor(write: Write, parameters: LargeParameters) {
    this.#write = write;
    this.#parameters = parameters;
  }

  /** A message has been written in part. */
  get isStreaming(): boolean {
    return this.#waiting !== undefined;
  }

  /** @param data Whole messages. */
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

  /** Writes nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #stream(bind: LargeBind): Promise<void> {
    this.#write(withLengths(bind));
    for (const digits of base64Slices(bind.content)) {
      // Called for a socket that is closed meanwhile, too.
      await new Promise<unknown>((resolve) => this.#write(digits, "latin1", resolve));
      await nextTurn();
      if (this.#isStopped) return;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#write(bind.tail);
    for (const write of waiting) this.write(...write);
  }
}

/** The head of a `Bind` message with the lengths of the message and of the parameter that it is to have. */
function withLengths({ head, start, content, tokenBytes }: LargeBind): Buffer {
  const copy = Buffer.from(head);
  const length = base64Length(content.length);
  copy.writeInt32BE(length, copy.length - 4);
  copy.writeInt32BE(copy.readInt32BE(start + 1) + length - tokenBytes, start + 1);
  return copy;
}
