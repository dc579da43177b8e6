/** The tools of deepagents that reach a backend. */
export const FILE_TOOLS = ["ls", "glob", "grep", "read_file", "write_file", "edit_file", "delete"] as const;
export type FileTool = (typeof FILE_TOOLS)[number];

/** What a `write_file` or `edit_file` that worked starts its answer with. */
export const WROTE = "Successfully wrote to ";
export const EDITED = "Successfully replaced ";
