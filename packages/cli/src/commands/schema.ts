import type { Command } from "../support/command.js";
import { CommandError } from "../support/exit.js";

export const schema: Command = {
  name: "schema",
  summary: "Print the SQL of everything that PostgreSQL needs, for databases without DDL rights",
  operands: [],
  noWorkspace: true,
  options: [
    ["--table <name>", "table (default agent_files)"],
    ["--schema <name>", "schema of the table"],
    ["--history", "with the trigger and tables of the history"],
    ["--no-search-index", "without the trigram index of grep"],
  ],
  examples: ["schema | psql mydb", "schema --history --schema agents > schema.sql"],
  async run({ operands, options, output }) {
    if (operands.length > 0) {
      throw new CommandError("usage", "This command opens no workspace: give --table and --schema.");
    }
    const { schemaSql } = await import("@deepagents-remote/backend-postgres");
    const sql = schemaSql({
      ...(options.table !== undefined && { table: options.table as string }),
      ...(options.schema !== undefined && { schema: options.schema as string }),
      ...(options.history === true && { history: true }),
      ...(options.searchIndex === false && { searchIndex: "off" as const }),
    });
    output.result({ sql }, () => sql);
    return undefined;
  },
};
