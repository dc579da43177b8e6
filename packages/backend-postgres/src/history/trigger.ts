import type { HistoryNames } from "./names.js";

/**
 * Number of the definition of the trigger function. `initialize()` replaces a function with a lower number; raise it
 * whenever the body changes.
 */
export const RECORDER_FORMAT = 1;

/** Setting that passes the origin of a change to the trigger, within one transaction. */
export const ORIGIN_SETTING = "deepagents_remote.origin";

/** Kind of origin by which `erase` tells the trigger to remove the history of deleted files. */
export const ERASE = "erase";

/** Maximum bytes of an origin that the trigger records. Ours are smaller, but any role may set the setting. */
const MAX_ORIGIN_BYTES = 4_096;

/** Columns of a version that describe the file besides its content. */
export const FILE_DETAILS = [
  "created_at",
  "modified_at",
  "mime_type",
  "size",
  "write_ids",
  "ours_at",
] as const;

/** Quotes a text for SQL. */
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Returns the definition of the trigger function.
 *
 * It runs after the change of a row, which is then locked and certainly unique: the ids of a file are in the order of its
 * versions. A new version gets an entry without content, which the next change fills with the old content.
 *
 * It runs as its owner, so that a role that may change files needs no right to change their history.
 * @param offset See `TableHistory`.
 */
export function createRecorder(names: HistoryNames, offset: string): string {
  const { name: history, table, sequence, recorder } = names;
  const details = FILE_DETAILS.join(", ");
  const detailsOf = (row: string) => FILE_DETAILS.map((column) => `${row}.${column}`).join(", ");
  const isOurs = (row: string) => `${row}.ours_at = ${row}.modified_at`;
  const bytesOf = (row: string) => `CASE WHEN ${isOurs(row)} THEN ${row}.bytes END`;
  const newest = (path: string) =>
    `entry.path = ${path} AND entry.version_id = (SELECT max(version_id) FROM ${history} WHERE path = ${path})`;
  const nextId = `nextval(${literal(sequence)})`;
  /** Neither `tx` nor `moment` of a file may decrease if a later transaction began earlier or the clock was set back. */
  const endNewest = (path: string, content = "") => `UPDATE ${history} AS entry SET
      ended_id = id,
      ended_tx = greatest(tx, entry.changed_tx),
      ended_at = greatest(moment, entry.changed_at + interval '1 microsecond')${content}
    WHERE ${newest(path)}
    RETURNING entry.ended_tx, entry.ended_at, entry.content IS NULL AS is_lost, entry.changed_kind INTO ended;
    was_known := FOUND;
    IF was_known THEN
      tx := ended.ended_tx;
      moment := ended.ended_at;
    END IF;`;
  return `CREATE OR REPLACE FUNCTION ${recorder}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $recorder$
-- deepagents-remote history, format ${RECORDER_FORMAT}, offset ${offset}
DECLARE
  setting text := nullif(current_setting(${literal(ORIGIN_SETTING)}, true), '');
  origin jsonb := CASE WHEN octet_length(setting) <= ${MAX_ORIGIN_BYTES} THEN setting::jsonb END;
  kind text := coalesce(substring(origin->>'kind' FROM '^(?:write|edit|upload|restore)$'), 'write');
  author jsonb := CASE WHEN jsonb_typeof(origin->'by') = 'object' THEN origin->'by' END;
  id bigint;
  next bigint;
  tx bigint;
  moment timestamptz := clock_timestamp();
  ended record;
  was_known boolean := false;
  is_new boolean := TG_OP = 'INSERT';
  is_same boolean := false;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM ${table};
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' AND origin->>'kind' = '${ERASE}' AND has_table_privilege(
    coalesce(nullif(current_setting('role'), 'none'), session_user::text), ${literal(history)}, 'DELETE')
  THEN
    DELETE FROM ${history} WHERE path = OLD.path;
    RETURN NULL;
  END IF;

  IF TG_OP = 'UPDATE' THEN
    is_new := NEW.path <> OLD.path;
    is_same := NOT is_new
      AND (NEW.size <> OLD.size AND ${isOurs("NEW")} AND ${isOurs("OLD")}) IS NOT TRUE
      AND NEW.content = OLD.content
      AND ${bytesOf("NEW")} IS NOT DISTINCT FROM ${bytesOf("OLD")};
    IF is_same THEN
      UPDATE ${history} AS entry SET (${details}) = ROW (${detailsOf("NEW")})
      WHERE ${newest("NEW.path")} AND entry.modified_at = OLD.modified_at;
      -- Without an entry the file is older than its history. With another one, it changed while there was no trigger.
      IF FOUND OR NOT EXISTS (SELECT FROM ${history} WHERE path = NEW.path) THEN
        RETURN NULL;
      END IF;
      kind := 'write';
      author := NULL;
    END IF;
  END IF;

  tx := ${offset} + pg_current_xact_id()::text::bigint;
  id := ${nextId};
  IF TG_OP <> 'INSERT' AND NOT is_same THEN
    ${endNewest(
      "OLD.path",
      `,
      content = CASE WHEN entry.modified_at = OLD.modified_at THEN OLD.content END,
      bytes = CASE WHEN entry.modified_at = OLD.modified_at THEN ${bytesOf("OLD")} END`,
    )}
    IF NOT was_known OR ended.is_lost THEN
      -- The file is older than its history, or it changed while there was no trigger.
      next := ${nextId};
      INSERT INTO ${history} (path, version_id, changed_tx, changed_kind, changed_at, ended_id, ended_tx, ended_at,
        content, bytes, ${details})
      VALUES (OLD.path, CASE WHEN was_known THEN id ELSE 0 END, CASE WHEN was_known THEN tx ELSE 0 END,
        CASE WHEN was_known AND ended.changed_kind <> 'delete' THEN 'write' ELSE 'create' END,
        CASE WHEN was_known THEN moment ELSE least(OLD.modified_at, moment) END, next, tx, moment + interval '1 microsecond',
        OLD.content, ${bytesOf("OLD")}, ${detailsOf("OLD")});
      id := next;
      moment := moment + interval '1 microsecond';
    END IF;
    IF TG_OP = 'DELETE' OR is_new THEN
      INSERT INTO ${history} (path, version_id, changed_tx, changed_kind, changed_by, changed_at)
      VALUES (OLD.path, id, tx, 'delete', author, moment);
      IF TG_OP = 'DELETE' THEN
        RETURN NULL;
      END IF;
      id := ${nextId};
    END IF;
  END IF;
  IF is_new OR is_same THEN
    ${endNewest("NEW.path")}
    IF kind = 'write' AND (is_new OR ended.changed_kind = 'delete') THEN
      kind := 'create';
    END IF;
  END IF;
  INSERT INTO ${history} (path, version_id, changed_tx, changed_kind, changed_by, changed_at, ${details})
  VALUES (NEW.path, id, tx, kind, author, moment, ${detailsOf("NEW")});
  RETURN NULL;
END
$recorder$`;
}

/** Returns the statement that lets only triggers call the trigger function. */
export const restrictRecorder = ({ recorder }: HistoryNames): string =>
  `REVOKE ALL ON FUNCTION ${recorder}() FROM PUBLIC`;

/** Names of the triggers. */
export const ROW_TRIGGER = "deepagents_remote_history";
export const TRUNCATE_TRIGGER = "deepagents_remote_history_truncate";

/** Returns the definitions of the triggers by name. */
export const createTriggers = ({ table, recorder }: HistoryNames): Readonly<Record<string, string>> => ({
  [ROW_TRIGGER]: `CREATE TRIGGER ${ROW_TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${recorder}()`,
  [TRUNCATE_TRIGGER]: `CREATE TRIGGER ${TRUNCATE_TRIGGER} BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${recorder}()`,
});
