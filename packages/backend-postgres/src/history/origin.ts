import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { TableNames } from "../rows/table.js";
import { ORIGIN_SETTING } from "./trigger.js";

/**
 * FROM item that passes the origin of a change to the trigger, in the statement that makes the change; empty for a table
 * without a history. PostgreSQL evaluates volatile functions of a FROM item even if nothing uses their result.
 * @param before Text before the item.
 * @param parameter Number of the parameter that `originParameters` returns.
 */
export const originItem = (table: TableNames, before: string, parameter: number): string =>
  table.history
    ? `${before} (SELECT set_config('${ORIGIN_SETTING}', $${parameter}::text, true)) AS origin`
    : "";

/** Returns the parameter for `originItem`; none for a table without a history. */
export const originParameters = (table: TableNames, { origin }: Pick<CallOptions, "origin">): string[] =>
  table.history ? [origin ? JSON.stringify(origin) : ""] : [];
