/**
 * What the model should know of `write_file` when `write` creates only. deepagents' own description says that an
 * existing file is replaced; pass this one instead, and again to each sub-agent that declares its own middleware.
 * The middleware takes the place of deepagents' own by its name, and `permissions` given to `createDeepAgent` do not
 * reach it: give them to it as well.
 *
 * ```ts
 * createFilesystemMiddleware({
 *   backend,
 *   permissions,
 *   customToolDescriptions: { write_file: CREATE_ONLY_WRITE_FILE_DESCRIPTION },
 * })
 * ```
 */
export const CREATE_ONLY_WRITE_FILE_DESCRIPTION = `Creates a new file.

Usage:
- file_path must be absolute; missing directories come into being with the file.
- A file that already exists is never replaced: the call fails and the file stays as it is. To change a file, read it with read_file and use edit_file; to start over, write to another path, or delete the old file first.
- The content of a picture, sound, video, PDF or PPT must be base64.`;
