import type { RemoteBackend } from "../../src/backend/remote-backend.js";
import type { BackendProtocolV2 } from "../../src/protocol/protocol.js";
import type { Service } from "./service.js";

/** An intact backend, and one on the root of all its neighbors, to build a broken backend on. */
export interface Intact {
  readonly backend: RemoteBackend;
  /** Everything in the store, with the namespaces as directories. */
  readonly everything: RemoteBackend;
  /** Another instance, which is another reader. */
  readonly another: () => RemoteBackend;
  /** The backend's namespace. */
  readonly name: string;
  /** Service that holds the files, for mutants that break it. */
  readonly service: Service;
}

/** Methods on the history. */
export type HistoryMethods = Pick<
  RemoteBackend,
  "history" | "readVersion" | "diff" | "restore" | "at" | "rewind" | "changes" | "erase"
>;

/** One defect, and the case that must find it. */
export interface Mutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** Time limit of the case, in milliseconds, if it waits for what a mutant never does. */
  readonly timeoutMs?: number;
  /** The methods that are broken; called once an instance. */
  breaks(backend: RemoteBackend, intact: Intact): Partial<BackendProtocolV2 & HistoryMethods>;
}

/** An intact backend with some of its methods replaced. */
export function broken(intact: Intact, mutant: Mutant): BackendProtocolV2 {
  const methods = mutant.breaks(intact.backend, intact) as Record<PropertyKey, unknown>;
  return new Proxy(intact.backend, {
    get(target, key) {
      if (Object.hasOwn(methods, key)) return methods[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the text of a file; `undefined` for anything else. */
export async function textOf(backend: RemoteBackend, path: string): Promise<string | undefined> {
  const content = (await backend.readRaw(path)).data?.content;
  return typeof content === "string" ? content : undefined;
}
