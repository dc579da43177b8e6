/**
 * The file protocol of Deep Agents, as `BackendProtocolV2` of deepagents 1.14.1 declares it.
 *
 * Declared here so that the published packages do not depend on deepagents at run time; a type test proves that these
 * types and those of deepagents are mutually assignable. The comments below decide what deepagents leaves open.
 */

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** One entry of `ls` or `glob`. */
export interface FileInfo {
  /** Absolute path; a directory's ends in `/`. */
  path: string;
  is_dir?: boolean;
  /** Size of the content in bytes; omitted if the service reports only the stored size. */
  size?: number;
  /** Stored size in bytes, if `size` is omitted. Not part of deepagents' protocol. */
  stored_size?: number;
  /** Time of the last change by the service's clock, ISO 8601 in UTC with milliseconds. */
  modified_at?: string;
}

/** One matching line of `grep`, or a note about a file that could not be searched. */
export interface GrepMatch {
  /** Absolute path. */
  path: string;
  /** Line number, from 1; 0 for a note. */
  line: number;
  /**
   * The line without its `\n`; for a line of more than 10,000 characters, the part around the pattern, with marks of
   * the omitted characters. For a note, the reason why the file was not searched.
   */
  text: string;
}

/** Result of `ls`: the entries of a directory, or an error. */
export interface LsResult {
  /** Error message; absent on success. */
  error?: string;
  /** Direct children in code-point order of their paths; absent on failure. */
  files?: FileInfo[];
}

/** Result of `read`: a window of lines, or an error. */
export interface ReadResult {
  /** Error message; absent on success. */
  error?: string;
  /** Window of a text file, or all bytes of a binary one; absent on failure. */
  content?: string | Uint8Array;
  /** A text type with a string, another type with bytes. */
  mimeType?: string;
  /** Number of lines of the whole file; a final newline does not start another line. */
  totalLines?: number;
  /** First line of the window, from 1. */
  startLine?: number;
  /** Last line of the window, from 1. */
  endLine?: number;
  /** Offset of the next unread line, from 0; absent when the window reaches the end. */
  nextOffset?: number;
}

/** Older form of a file in deepagents: the text split on `\n`. */
export interface FileDataV1 {
  content: string[];
  created_at: string;
  modified_at: string;
}

/** A whole file. */
export interface FileDataV2 {
  /** A string for text, bytes for anything else. */
  content: string | Uint8Array;
  mimeType: string;
  /** ISO 8601 in UTC with milliseconds. */
  created_at: string;
  /** ISO 8601 in UTC with milliseconds. */
  modified_at: string;
}

/** A file as deepagents stores it in its state, in either version of the format. */
export type FileData = FileDataV1 | FileDataV2;

/** Result of `readRaw`: the file with its times, or an error. */
export interface ReadRawResult {
  /** Error message; absent on success. */
  error?: string;
  data?: FileData;
}

/** Result of `grep`: the matching lines, or an error. */
export interface GrepResult {
  /** Error message; absent on success. */
  error?: string;
  /** In path, then line order. Up to 10 notes about files that could not be searched are in addition to `maxCount`. */
  matches?: GrepMatch[];
  /** `true` only when there are more matches than those returned. */
  truncated?: boolean;
}

/** Result of `glob`: the matching files, or an error. */
export interface GlobResult {
  /** Error message; absent on success. */
  error?: string;
  /** Files only, in code-point order of their paths. */
  files?: FileInfo[];
  /** `true` only when there are more files than those returned. */
  truncated?: boolean;
}

/** Result of `write`: the path that was written, or an error. */
export interface WriteResult {
  /** Error message; absent on success. */
  error?: string;
  /** The path as it was requested. */
  path?: string;
  /** `null`: the file is stored outside of the agent's state. */
  filesUpdate?: Record<string, FileData> | null;
  metadata?: Record<string, unknown>;
}

/** Result of `edit`: the number of replacements, or an error. */
export interface EditResult {
  /** Error message; absent on success. */
  error?: string;
  /** The path as it was requested. */
  path?: string;
  /** `null`: the file is stored outside of the agent's state. */
  filesUpdate?: Record<string, FileData> | null;
  /** Number of replacements; 0 if an empty file was filled. */
  occurrences?: number;
  metadata?: Record<string, unknown>;
}

/** Result of `delete`: the path that was deleted, or an error. */
export interface DeleteResult {
  /** Error message; absent on success. */
  error?: string;
  /** The path as it was requested. */
  path?: string;
  /** `null`: the file was stored outside of the agent's state. */
  filesUpdate?: Record<string, null> | null;
  metadata?: Record<string, unknown>;
}

/** The four codes that deepagents knows; an outage is `permission_denied` with a `message` that says so. */
export type FileOperationError = "file_not_found" | "permission_denied" | "is_directory" | "invalid_path";

/** Result of `uploadFiles` for one file. */
export interface FileUploadResponse {
  /** The path as it was requested. */
  path: string;
  /** `null` on success. */
  error: FileOperationError | null;
  /** A sentence that explains `error`; absent on success. */
  message?: string;
}

/** Result of `downloadFiles` for one file. */
export interface FileDownloadResponse {
  /** The path as it was requested. */
  path: string;
  /** The file's bytes; `null` on failure. */
  content: Uint8Array | null;
  /** `null` on success; `file_not_found` only when the file is certainly absent. */
  error: FileOperationError | null;
  /** A sentence that explains `error`; absent on success. */
  message?: string;
}

/**
 * Interface between Deep Agents and a backend. No method rejects; failures are values.
 *
 * @see https://github.com/langchain-ai/deepagentsjs `BackendProtocolV2`
 */
export interface BackendProtocolV2 {
  /**
   * Lists the direct children of a directory.
   * @param path Absolute path, with or without a trailing slash.
   * @returns An empty list for a missing directory and for a file.
   */
  ls(path: string): MaybePromise<LsResult>;
  /**
   * Reads a window of lines of a text file, or a whole image, audio, video, PDF or PPT file.
   * @param filePath Absolute path.
   * @param offset Lines to skip, from 0. Default 0.
   * @param limit Maximum number of lines to return. Default 500.
   */
  read(filePath: string, offset?: number, limit?: number): MaybePromise<ReadResult>;
  /** Reads a whole file with its times, text or binary. */
  readRaw(filePath: string): MaybePromise<ReadRawResult>;
  /**
   * Stores a file.
   * @param content Text; base64 if the path has a binary extension.
   */
  write(filePath: string, content: string): MaybePromise<WriteResult>;
  /**
   * Replaces text in a file.
   * @param oldString Text to find, literally; empty only for an empty file.
   * @param newString Literal replacement text.
   * @param replaceAll Replace every occurrence; otherwise there must be exactly one. Default `false`.
   */
  edit(
    filePath: string,
    oldString: string,
    newString: string,
    replaceAll?: boolean,
  ): MaybePromise<EditResult>;
  /**
   * Searches text files for a literal.
   * @param pattern Text to find, case-sensitive.
   * @param path A file or directory; `null` is `/`.
   * @param glob Without `/` it matches base names at any depth, with one the path relative to `path`.
   * @param maxCount Maximum number of matches to return. Default and upper bound: 100,000.
   */
  grep(
    pattern: string,
    path?: string | null,
    glob?: string | null,
    maxCount?: number | null,
  ): MaybePromise<GrepResult>;
  /**
   * Finds files by name.
   * @param pattern Glob relative to `path`; a leading `/` is ignored.
   * @param path Directory to search; `null`, which models send, is `/`. Default `/`.
   */
  glob(pattern: string, path?: string): MaybePromise<GlobResult>;
  /** Deletes a file, or all descendants of a directory. */
  delete?(filePath: string): MaybePromise<DeleteResult>;
  /** Stores files byte for byte, replacing existing ones. Returns one answer per input, in order. */
  uploadFiles?(files: Array<[string, Uint8Array]>): MaybePromise<FileUploadResponse[]>;
  /** Fetches files byte for byte. Returns one answer per input, in order. */
  downloadFiles?(paths: string[]): MaybePromise<FileDownloadResponse[]>;
}
