import type { StoredFile } from "../../../src/adapter.js";
import { changes, files, isFile, type StoreMutant } from "./mutant.js";

const isBytes = (content: string | Uint8Array): boolean => typeof content !== "string";

/** Defects of text that passes as its UTF-8. */
export const utf8Mutants: readonly StoreMutant[] = [
  {
    defect: "the UTF-8 of a text is stored as bytes",
    caughtBy: "get/encoded/long",
    breaks: changes(({ isText: _, ...change }) => change),
  },
  {
    defect: "the UTF-8 of a text is answered as bytes",
    caughtBy: "get/encoded/long-with-nul",
    breaks: files(({ isText: _, ...file }) => file),
  },
  {
    defect: "all bytes are called text",
    caughtBy: "get/encoded/bytes",
    breaks: files((file) => (isBytes(file.content) ? { ...file, isText: true } : file)),
  },
  {
    defect: "a file that was fetched as UTF-8 stays so",
    caughtBy: "get/encoded/kept",
    breaks: (store) => {
      const kept = new Map<string, StoredFile>();
      return {
        get: async (keys, options) => {
          const found = await store.get(keys, options);
          for (const file of found) if (isFile(file) && file.isText) kept.set(file.key, file);
          return found.map((file) => (isFile(file) && options.stale ? (kept.get(file.key) ?? file) : file));
        },
      };
    },
  },
  {
    defect: "the UTF-8 of an answer is kept, and answered again",
    caughtBy: "get/encoded/sharing",
    breaks: (store) => {
      const kept = new Map<string, Promise<readonly (StoredFile | undefined)[]>>();
      return {
        get: async (keys, options) => {
          const files = await store.get(keys, options);
          const first = files[0];
          if (!options.raw || !isFile(first)) return files;
          const answer = kept.get(first.version) ?? Promise.resolve([first]);
          kept.set(first.version, answer);
          return answer;
        },
      };
    },
  },
];
