/**
 * File types by extension, exactly as in deepagents, which shows text of an unexpected type as base64, and such bytes
 * as an empty file. A test compares this table with the installed deepagents.
 */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/svg+xml": ["svg"],
  "image/heic": ["heic"],
  "image/heif": ["heif"],
  "audio/mpeg": ["mp3"],
  "audio/wav": ["wav"],
  "audio/aiff": ["aiff"],
  "audio/aac": ["aac"],
  "audio/ogg": ["ogg"],
  "audio/flac": ["flac"],
  "video/mp4": ["mp4"],
  "video/webm": ["webm"],
  "video/mpeg": ["mpeg", "mpg"],
  "video/quicktime": ["mov"],
  "video/x-msvideo": ["avi"],
  "video/x-flv": ["flv"],
  "video/x-ms-wmv": ["wmv"],
  "video/3gpp": ["3gpp"],
  "application/pdf": ["pdf"],
  "application/vnd.ms-powerpoint": ["ppt"],
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": ["pptx"],
  "text/markdown": ["md", "markdown"],
  "text/html": ["html", "htm"],
  "text/css": ["css"],
  "text/csv": ["csv"],
  "text/xml": ["xml"],
  "application/json": ["json"],
  "application/javascript": ["js", "mjs", "cjs"],
  "text/plain": (
    "txt ts tsx jsx py rb java c cpp h hpp go rs sh bash zsh yaml yml toml ini cfg conf env log sql graphql proto r " +
    "swift kt kts scala dart lua pl pm php ex exs erl hs ml mli vue svelte astro tf cmake makefile dockerfile " +
    "gitignore dockerignore editorconfig"
  ).split(" "),
};

const BY_EXTENSION = new Map(
  Object.entries(TYPES).flatMap(([type, extensions]) => extensions.map((e) => [e, type] as const)),
);

/** Returns the extension in lower case, without its dot; empty for `name`, `.name` and `name.`. */
function extension(path: string): string {
  // deepagents treats a backslash as a separator here, and only here.
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** True if deepagents shows content of this type as text. */
export function isTextMimeType(type: string): boolean {
  return (
    type.startsWith("text/") ||
    type === "application/json" ||
    type === "application/javascript" ||
    type === "image/svg+xml"
  );
}

/** Returns the type for a path's extension; `undefined` if deepagents has none. */
export function mimeTypeOfName(path: string): string | undefined {
  return BY_EXTENSION.get(extension(path));
}

/** True if a path has the extension of an image, audio, video, PDF or PPT file: all types that are not text. */
export function isBinaryName(path: string): boolean {
  const type = mimeTypeOfName(path);
  return type !== undefined && !isTextMimeType(type);
}

/** Returns the type to answer with: always a text type for a string, never one for bytes. */
export function mimeTypeOf(path: string, content: string | Uint8Array): string {
  const type = mimeTypeOfName(path);
  if (typeof content === "string") return type !== undefined && isTextMimeType(type) ? type : "text/plain";
  return type !== undefined && !isTextMimeType(type) ? type : "application/octet-stream";
}
