import { posix } from "node:path";
import type { RemoteBackend } from "../../../src/backend/remote-backend.js";
import type { Mutant } from "../mutant.js";
import { textOf } from "../mutant.js";

/** Defects of `read`, `readRaw` and `ls`. */
export const readingMutants: readonly Mutant[] = [
  {
    defect: "a window starts one line late",
    caughtBy: "read/window/middle",
    breaks: (backend) => ({
      read: (path, offset = 0, limit) => backend.read(path, offset && offset + 1, limit),
    }),
  },
  {
    defect: "the final newline is dropped",
    caughtBy: "read/window/past-the-end-has-final-newline",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return typeof answer.content === "string"
          ? { ...answer, content: answer.content.replace(/\n$/, "") }
          : answer;
      },
    }),
  },
  {
    defect: "a window that fits exactly has the final newline",
    caughtBy: "read/window/exact-fit-has-no-final-newline",
    breaks: (backend) => ({
      read: async (path, offset, limit) => {
        const answer = await backend.read(path, offset, limit);
        const whole = await textOf(backend, path);
        return answer.endLine === answer.totalLines &&
          whole?.endsWith("\n") &&
          typeof answer.content === "string"
          ? { ...answer, content: answer.content.replace(/\n?$/, "\n") }
          : answer;
      },
    }),
  },
  {
    defect: "a final newline counts as one more line",
    caughtBy: "read/whole/content-and-position",
    breaks: (backend) => ({
      read: async (path, ...rest) => {
        const answer = await backend.read(path, ...rest);
        const extra = (await textOf(backend, path))?.endsWith("\n") ? 1 : 0;
        return answer.totalLines === undefined
          ? answer
          : { ...answer, totalLines: answer.totalLines + extra };
      },
    }),
  },
  {
    defect: "an offset past the end is empty content",
    caughtBy: "read/offset/past-the-end",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return answer.error && !answer.error.includes("not found")
          ? { content: "", mimeType: "text/plain" }
          : answer;
      },
    }),
  },
  {
    defect: "pages do not say where the next one starts",
    caughtBy: "read/window/pages-make-the-file",
    breaks: (backend) => ({
      read: async (...args) => {
        const { nextOffset: _, ...answer } = await backend.read(...args);
        return answer;
      },
    }),
  },
  {
    defect: "a window does not say where it is, though positions are promised",
    caughtBy: "read/window/middle",
    breaks: (backend) => ({
      read: async (...args) => {
        const { startLine: _, endLine: __, ...answer } = await backend.read(...args);
        return answer;
      },
    }),
  },
  {
    defect: "a picture has lines",
    caughtBy: "read/binary/no-lines",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return typeof answer.content === "string" ? answer : { ...answer, startLine: 1, totalLines: 1 };
      },
    }),
  },
  {
    defect: "U+2028 ends a line",
    caughtBy: "read/lines/u-2028-ends-no-line",
    breaks: (backend) => ({
      read: async (path, offset, limit) => {
        const answer = await backend.read(path, offset, limit);
        const { content, totalLines } = answer;
        if (typeof content !== "string" || totalLines === undefined) return answer;
        return { ...answer, totalLines: totalLines + (content.split("\u2028").length - 1) };
      },
    }),
  },
  {
    defect: "an empty file reads as empty content",
    caughtBy: "read/empty/reminder",
    breaks: (backend) => ({
      read: async (path, ...rest) =>
        (await textOf(backend, path)) === ""
          ? { content: "", mimeType: "text/plain" }
          : backend.read(path, ...rest),
    }),
  },
  {
    defect: "a byte order mark is lost",
    caughtBy: "read/text/bom",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return typeof answer.content === "string"
          ? { ...answer, content: answer.content.replace(/^\ufeff/, "") }
          : answer;
      },
    }),
  },
  {
    defect: "a media type carries parameters",
    caughtBy: "types/text/a.json",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return answer.mimeType === undefined
          ? answer
          : { ...answer, mimeType: `${answer.mimeType}; charset=utf-8` };
      },
    }),
  },
  {
    defect: "bytes of no media type are content",
    caughtBy: "types/unreadable/bytes-of-unknown",
    breaks: (backend) => ({
      read: async (path, ...rest) => {
        const { data } = await backend.readRaw(path);
        return data && !Array.isArray(data.content) && typeof data.content !== "string"
          ? { content: data.content, mimeType: "application/octet-stream" }
          : backend.read(path, ...rest);
      },
    }),
  },
  {
    defect: "an error is thrown instead of returned",
    caughtBy: "shape/answers/nothing-rejects",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        if (answer.error !== undefined) throw new Error(answer.error);
        return answer;
      },
    }),
  },
  {
    defect: "an error is returned as content",
    caughtBy: "read/missing/words",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return answer.error === undefined ? answer : { content: answer.error, mimeType: "text/plain" };
      },
    }),
  },
  {
    defect: "`/./secret` is normalized and opened",
    caughtBy: "paths/refused/dot-segment/read",
    breaks: (backend) => ({ read: (path, ...rest) => backend.read(path.replaceAll("/./", "/"), ...rest) }),
  },
  {
    defect: "percent-encoding in a path is decoded",
    caughtBy: "paths/different/percent-encoding",
    breaks: (backend) => ({ read: (path, ...rest) => backend.read(path.replaceAll("%2F", "/"), ...rest) }),
  },
  {
    defect: "Unicode forms of a path are unified",
    caughtBy: "paths/different/nfc-and-nfd",
    breaks: (backend) => ({ read: (path, ...rest) => backend.read(path.normalize("NFC"), ...rest) }),
  },
  {
    defect: "`/src` lists the files of `/src-old`",
    caughtBy: "ls/prefix/sibling-directory",
    breaks: (backend) => ({
      ls: async (path) => {
        const all = (await backend.glob("**", posix.dirname(path))).files ?? [];
        return { files: all.filter((file) => file.path.startsWith(path)) };
      },
    }),
  },
  {
    defect: "a file lists itself",
    caughtBy: "ls/file/never-lists-itself",
    breaks: (backend) => ({
      ls: async (path) =>
        (await backend.readRaw(path)).error === undefined
          ? { files: [{ path, is_dir: false }] }
          : backend.ls(path),
    }),
  },
  {
    defect: "a refused path is an empty list",
    caughtBy: "paths/refused/dot-dot-segment/list",
    breaks: (backend) => ({ ls: async (path) => ({ files: (await backend.ls(path)).files ?? [] }) }),
  },
  {
    defect: "only the first page of a directory is shown",
    caughtBy: "ls/children/many",
    breaks: (backend) => ({
      ls: async (path) => ({ files: ((await backend.ls(path)).files ?? []).slice(0, 1_000) }),
    }),
  },
  {
    defect: "names that start with a dot are hidden",
    caughtBy: "ls/children/dotfiles",
    breaks: (backend) => ({
      ls: async (path) => ({
        files: (await backend.ls(path)).files?.filter((file) => !file.path.includes("/.")) ?? [],
      }),
    }),
  },
  {
    defect: "times are those of a machine's own zone",
    caughtBy: "ls/file/modified-at",
    breaks: (backend) => ({
      ls: async (path) => {
        const files = (await backend.ls(path)).files ?? [];
        return { files: files.map((file) => ({ ...file, modified_at: "2026-01-31T12:00:00.000" })) };
      },
    }),
  },
  {
    defect: "times are numbers",
    caughtBy: "read-raw/shape/v2",
    breaks: (backend) => ({
      readRaw: async (path) => {
        const { data, ...answer } = await backend.readRaw(path);
        return data ? { data: { ...data, modified_at: "1769860800000" } } : answer;
      },
    }),
  },
  {
    defect: "a listing is in the order of UTF-16 units",
    caughtBy: "order/ls/code-points",
    breaks: (backend) => ({
      ls: async (path) => {
        const files = (await backend.ls(path)).files ?? [];
        return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
      },
    }),
  },
  {
    defect: "a listing is in the order of a locale",
    caughtBy: "order/ls/code-points",
    breaks: (backend) => ({
      ls: async (path) => {
        const files = (await backend.ls(path)).files ?? [];
        return { files: files.sort((a, b) => a.path.localeCompare(b.path, "en")) };
      },
    }),
  },
  {
    defect: "a size counts characters",
    caughtBy: "ls/size/bytes-of-the-content",
    breaks: (backend) => ({
      ls: async (path) => {
        const files = (await backend.ls(path)).files ?? [];
        const sized = files.map(async (file) => ({
          ...file,
          size: (await textOf(backend, file.path))?.length ?? 0,
        }));
        return { files: await Promise.all(sized) };
      },
    }),
  },
  {
    defect: "a file whose name looks the same is not named",
    caughtBy: "paths/look-alikes/narrow-space",
    breaks: (backend) => ({
      read: async (path, ...window) => {
        const answer = await backend.read(path, ...window);
        return answer.error?.includes("not found") ? { error: `File '${path}' not found` } : answer;
      },
    }),
  },
  {
    defect: "a file whose name looks the same is read instead",
    caughtBy: "paths/look-alikes/decomposed",
    breaks: (backend) => ({ read: (path, ...window) => backend.read(path.normalize("NFD"), ...window) }),
  },
  {
    defect: "a file of another case is named",
    caughtBy: "paths/look-alikes/none",
    breaks: (backend) => ({
      read: async (path, ...window) => {
        const answer = await backend.read(path, ...window);
        return answer.error === undefined
          ? answer
          : { error: `File '${path}' not found; is it '${path.normalize("NFC").replace("C", "c")}'?` };
      },
    }),
  },
  {
    defect: "the type of bytes is that of their name",
    caughtBy: "types/misnamed/jpeg-as-png",
    breaks: (backend) => ({
      read: async (path, ...window) => {
        const answer = await backend.read(path, ...window);
        return path.endsWith(".png") ? { ...answer, mimeType: "image/png" } : answer;
      },
    }),
  },
  {
    defect: "any file with the name of a picture is shown as one",
    caughtBy: "types/misnamed/json-as-png",
    breaks: (backend) => ({ read: (path) => shownAs(backend, path, "image/png") }),
  },
  {
    defect: "a picture is recognized by its first bytes alone",
    caughtBy: "types/truncated/jpeg",
    breaks: (backend) => ({ read: (path) => shownAs(backend, path, "image/jpeg") }),
  },
  {
    defect: "UTF-16 is mistaken for UTF-8",
    caughtBy: "types/utf-16/le",
    breaks: (backend) => ({
      read: async (path) => ({
        content: Buffer.from((await backend.downloadFiles([path]))[0]!.content!).toString(),
        mimeType: "text/plain",
      }),
    }),
  },
];

async function shownAs(backend: RemoteBackend, path: string, mimeType: string) {
  const [file] = await backend.downloadFiles([path]);
  return file?.content ? { content: file.content, mimeType } : backend.read(path);
}
