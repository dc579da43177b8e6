import type { RemoteBackend } from "../../../../src/backend/remote-backend.js";
import type { FileVersion } from "../../../../src/index.js";
import type { HistoryMethods } from "../../mutant.js";

/** `history` with something done to the versions. */
export const versions =
  (change: (all: readonly FileVersion[]) => readonly (FileVersion | Omit<FileVersion, "by">)[]) =>
  (backend: RemoteBackend): Pick<HistoryMethods, "history"> => ({
    history: async (...args) => {
      const answer = await backend.history(...args);
      return answer.versions ? { ...answer, versions: change(answer.versions) } : answer;
    },
  });

/** `changes` with something done to the answer. */
export const changes =
  (change: (all: readonly FileVersion[]) => readonly FileVersion[]) =>
  (backend: RemoteBackend): Pick<HistoryMethods, "changes"> => ({
    changes: async (options) => {
      const answer = await backend.changes(options);
      return answer.changes ? { ...answer, changes: change(answer.changes) } : answer;
    },
  });

/** `rewind` with something done afterwards to each file. */
export const afterRewind =
  (spoil: (backend: RemoteBackend, paths: readonly string[]) => Promise<unknown>) =>
  (backend: RemoteBackend): Pick<HistoryMethods, "rewind"> => ({
    rewind: async (...args) => {
      const answer = await backend.rewind(...args);
      await spoil(
        backend,
        (answer.files ?? []).map(({ path }) => path),
      );
      return answer;
    },
  });

/** `at` with some methods of the view replaced. */
export const views =
  (spoil: (past: ReturnType<HistoryMethods["at"]>, present: RemoteBackend) => object) =>
  (backend: RemoteBackend): Pick<HistoryMethods, "at"> => ({
    at: (point) => {
      const past = backend.at(point);
      const methods = spoil(past, backend) as Record<PropertyKey, unknown>;
      return new Proxy(past, {
        get(target, key) {
          const value: unknown = Object.hasOwn(methods, key)
            ? methods[key]
            : Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  });

/** Reads a version. */
export const contentOf = async (backend: RemoteBackend, path: string, version: string) =>
  (await backend.readVersion(path, version)).data?.content as string | Uint8Array | undefined;
