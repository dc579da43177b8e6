/** Tools of deepagents that use the backend. */
export const FILE_TOOLS = ["ls", "glob", "grep", "read_file", "write_file", "edit_file", "delete"] as const;

/** Beginnings of successful results of `write_file` and `edit_file`. */
export const WROTE = "Successfully wrote to ";
export const EDITED = "Successfully replaced ";
