/**
 * File types by extension, as deepagents has them: a type that deepagents does not expect makes it show text as
 * base64, or bytes as an empty file. A test holds this table against the installed deepagents.
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

/** The extension in lower case, without its dot; empty for `name`, `.name` and `name.`. */
function extension(path: string): string {
  // deepagents takes a backslash for a separator here, and only here.
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** Whether deepagents shows content of this type as text. */
export function isTextMimeType(type: string): boolean {
  return (
    type.startsWith("text/") ||
    type === "application/json" ||
    type === "application/javascript" ||
    type === "image/svg+xml"
  );
}

/** The type that a path's extension stands for; `undefined` when deepagents has none for it. */
export function mimeTypeOfName(path: string): string | undefined {
  return BY_EXTENSION.get(extension(path));
}

/** Whether a path's extension is that of a picture, sound, video, PDF or PPT: all types that are not text. */
export function isBinaryName(path: string): boolean {
  const type = mimeTypeOfName(path);
  return type !== undefined && !isTextMimeType(type);
}

/** The type to answer with: always a text type for a string, never one for bytes. */
export function mimeTypeOf(path: string, content: string | Uint8Array): string {
  const type = mimeTypeOfName(path);
  if (typeof content === "string") return type !== undefined && isTextMimeType(type) ? type : "text/plain";
  return type !== undefined && !isTextMimeType(type) ? type : "application/octet-stream";
}
