/**
 * Description of `write_file` for a backend whose `write` only creates. deepagents' own description says that an
 * existing file is replaced. `withCreateOnlyFiles` passes it to an agent and its subagents.
 */
export const CREATE_ONLY_WRITE_FILE_DESCRIPTION = `Creates a new file.

Usage:
- file_path must be absolute; missing directories come into being with the file.
- A file that already exists is never replaced: the call fails and the file stays as it is. To change a file, read it with read_file and use edit_file; to start over, write to another path, or delete the old file first.
- The content of a picture, sound, video, PDF or PPT must be base64.`;
