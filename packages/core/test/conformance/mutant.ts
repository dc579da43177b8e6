import type { RemoteBackend } from "../../src/backend/remote-backend.js";
import type { BackendProtocolV2 } from "../../src/protocol/protocol.js";
import type { Service } from "./service.js";

/** An intact backend, and one of its neighbours' root, to build a broken one on. */
export interface Intact {
  readonly backend: RemoteBackend;
  /** Everything in the store, with the namespaces as directories. */
  readonly everything: RemoteBackend;
  /** The backend's namespace. */
  readonly name: string;
  /** Where the files are, to break it. */
  readonly service: Service;
}

/** One defect, and the case that must find it. */
export interface Mutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** The methods that are broken; called once an instance. */
  breaks(backend: RemoteBackend, intact: Intact): Partial<BackendProtocolV2>;
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

/** The text of a file, as a defect may want to see it. */
export async function textOf(backend: RemoteBackend, path: string): Promise<string | undefined> {
  const content = (await backend.readRaw(path)).data?.content;
  return typeof content === "string" ? content : undefined;
}
