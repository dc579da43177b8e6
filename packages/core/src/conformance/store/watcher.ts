import { RemoteBackendError } from "../../support/errors.js";
import { ConformanceFailure, show } from "../assert.js";
import type { CallLog } from "../subject.js";

/** Describes a call: its arguments without those common to all calls. */
export const said = (method: string, args: readonly unknown[]): string => {
  const plain = args.map((arg) => {
    if (typeof arg !== "object" || arg === null || !("signal" in arg)) return show(arg);
    const { signal: _, root: __, ...rest } = arg as Record<string, unknown>;
    return Object.keys(rest).length === 0 ? "" : show(rest);
  });
  return `${method}(${plain.filter((text) => text !== "").join(", ")})`;
};

/** Returns functions that make calls, record them in `log`, and fail on foreign exceptions. */
export function watcher(log: CallLog) {
  const failed = (call: string, error: unknown): unknown => {
    if (error instanceof ConformanceFailure) return error;
    log.add(`${call} threw ${show(String(error))}`);
    if (RemoteBackendError.is(error)) return error;
    return new ConformanceFailure(call, "nothing thrown but a RemoteBackendError", String(error));
  };
  const ask = async <T>(
    call: string,
    run: () => Promise<T>,
    checkAnswer: (answer: T) => void,
  ): Promise<T> => {
    try {
      const answer = await run();
      log.add(`${call} -> ${show(answer)}`);
      checkAnswer(answer);
      return answer;
    } catch (error) {
      throw failed(call, error);
    }
  };
  async function* pull<T>(call: string, run: () => AsyncIterable<T>): AsyncGenerator<T> {
    let items = 0;
    try {
      for await (const item of run()) {
        items += 1;
        yield item;
      }
      log.add(`${call} -> ${items} items`);
    } catch (error) {
      throw failed(call, error);
    }
  }
  return { ask, pull };
}
