import { quoteIdentifier } from "../rows/table.js";
import { historyNames } from "./names.js";
import { createHistoryIndexes, createHistoryTable, recordBegin, setReplicaIdentity } from "./schema.js";
import { createRecorder, createTriggers, restrictRecorder } from "./trigger.js";

/** Stands for the schema of the table, quoted, until the statements run. */
const SCHEMA = "@schema@";

/**
 * Returns idempotent statements that set up a history. The function must not depend on a search path, so without a
 * schema they find out that of the table when they run.
 * @param table Unquoted name of the table.
 * @param schema Unquoted name of its schema.
 */
export function printHistory(table: string, schema: string | undefined): string[] {
  const names = historyNames(table, schema === undefined ? SCHEMA : quoteIdentifier(schema));
  const statements = [
    ...createHistoryTable(names),
    ...Object.values(createHistoryIndexes(names)),
    setReplicaIdentity(names),
    createRecorder(names, "0"),
    restrictRecorder(names),
  ];
  const triggers = Object.entries(createTriggers(names)).map(
    ([name, create]) => `
  IF NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = '${names.table.replaceAll("'", "''")}'::regclass AND tgname = '${name}')
  THEN
    ${create};
    ${recordBegin(names)};
  END IF;`,
  );
  const block = `DO $setup$ BEGIN${triggers.join("")}\nEND $setup$`;
  if (schema !== undefined) return [...statements, block];
  return [...statements, block].map(
    (statement) =>
      `DO $do$ BEGIN EXECUTE replace($ddl$${statement}$ddl$, '${SCHEMA}', quote_ident(current_schema())); END $do$`,
  );
}
