import { type File, files, isFile, type StoreMutant, texts } from "./mutant.js";

/** Defects of `get`. */
export const readingMutants: readonly StoreMutant[] = [
  {
    defect: "files come in the order of the storage",
    caughtBy: "get/answers/one-per-key",
    breaks: (store) => ({ get: (keys, options) => store.get([...keys].sort(), options) }),
  },
  {
    defect: "absent files are left out of the answers",
    caughtBy: "get/answers/one-per-key",
    breaks: (store) => ({
      get: async (...args) => (await store.get(...args)).filter((file) => file !== undefined),
    }),
  },
  {
    defect: "only the first 1,000 keys are looked up",
    caughtBy: "get/answers/many-keys",
    breaks: (store) => ({
      get: async (keys, options) => {
        const found = await store.get(keys.slice(0, 1_000), options);
        return keys.map((_, i) => found[i]);
      },
    }),
  },
  {
    defect: "an absent file throws",
    caughtBy: "get/absent/directory",
    breaks: (store) => ({
      get: async (...args) => {
        const found = await store.get(...args);
        if (found.includes(undefined)) throw new Error("ENOENT");
        return found;
      },
    }),
  },
  {
    defect: "one file that cannot be read makes all answers errors",
    caughtBy: "get/unreadable/one-of-many",
    breaks: (store) => ({
      get: async (...args) => {
        const found = await store.get(...args);
        const error = found.find((file) => file !== undefined && !isFile(file));
        return error ? found.map(() => error) : found;
      },
    }),
  },
  {
    defect: "a file that cannot be read is absent",
    caughtBy: "get/unreadable/one-of-many",
    breaks: (store) => ({
      get: async (...args) => (await store.get(...args)).map((file) => (isFile(file) ? file : undefined)),
    }),
  },
  { defect: "text ends at NUL", caughtBy: "get/text/nul", breaks: texts((text) => text.split("\0")[0]!) },
  {
    defect: "the byte order mark is dropped",
    caughtBy: "get/text/bom",
    breaks: texts((text) => text.replace(/^\ufeff/, "")),
  },
  {
    defect: "an empty text comes back as bytes",
    caughtBy: "get/text/empty",
    breaks: texts((text) => (text === "" ? new Uint8Array() : text)),
  },
  {
    defect: "JSON is mistaken for an envelope",
    caughtBy: "get/text/json",
    breaks: texts((text) => (text.startsWith('{"content"') ? JSON.parse(text).content.join("\n") : text)),
  },
  {
    defect: "bytes that are valid UTF-8 come back as text",
    caughtBy: "get/bytes/valid-utf8",
    breaks: files((file) => {
      const text = Buffer.from(file.content).toString();
      return { ...file, content: text.includes("\ufffd") ? file.content : text };
    }),
  },
  {
    defect: "bytes are shared with the caller",
    caughtBy: "get/sharing/answered",
    breaks(store) {
      const kept = new Map<string, File>();
      return {
        get: async (keys, options) => {
          const found = await store.get(keys, options);
          found.forEach((file, i) => {
            if (isFile(file) && !kept.has(file.version)) kept.set(file.version, file);
            if (!isFile(file)) kept.delete(keys[i]!);
          });
          return found.map((file) => (isFile(file) ? kept.get(file.version) : file));
        },
      };
    },
  },
  {
    defect: "a cache answers without asking",
    caughtBy: "get/fresh/another-instance",
    breaks(store) {
      const cache = new Map<string, File>();
      return {
        get: async (keys, options) => {
          if (keys.length > 1) return store.get(keys, options);
          const file = cache.get(keys[0]!) ?? (await store.get(keys, options))[0];
          cache.set(keys[0]!, file);
          return [file];
        },
      };
    },
  },
  {
    defect: "a stale answer mixes content and version",
    caughtBy: "get/hints/stale",
    breaks(store) {
      const last = new Map<string, string | Uint8Array>();
      return {
        get: async (keys, options) => {
          const [file, ...others] = await store.get(keys, options);
          if (!isFile(file)) return [file, ...others];
          const content = (options.stale && last.get(file.key)) || file.content;
          last.set(file.key, file.content);
          return [{ ...file, content }, ...others];
        },
      };
    },
  },
];
