import { findLines } from "../../src/find-lines.js";
import { type FileStore, layer } from "../../src/index.js";
import { cutLines } from "../../src/lines.js";

/** A store that searches and cuts lines by itself, over one that does not. */
export const withPushDowns = (inner: FileStore): FileStore =>
  layer(inner, {
    async *search(prefix, literal, call) {
      for await (const page of inner.list(prefix, { ...call, recursive: true })) {
        const keys = page.map(({ key }) => key).filter(call.accept);
        for (const file of await inner.get(keys, call)) {
          if (!file || !("content" in file) || typeof file.content !== "string") continue;
          const lines = [...findLines(file.content, literal)];
          if (lines.length > 0) yield { key: file.key, lines };
        }
      }
    },
    async lines(key, offset, limit, call) {
      const [file] = await inner.get([key], call);
      if (!file || !("content" in file)) return undefined;
      return typeof file.content === "string" ? cutLines(file.content, offset, limit) : "not-text";
    },
  });
