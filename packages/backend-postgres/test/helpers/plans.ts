import type { Sql } from "postgres";

/** A statement as a backend sent it. */
export interface SentStatement {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
}

/** Records the statements that a client sends through `unsafe`, as backends do. */
export function recordStatements(sql: Sql): SentStatement[] {
  const sent: SentStatement[] = [];
  const { unsafe } = sql;
  sql.unsafe = ((text: string, parameters: (string | null)[], ...rest: []) => {
    const query = unsafe(text, parameters, ...rest);
    // Backends set the parameters afterwards.
    const bound = query as unknown as { readonly parameters: (string | null)[] };
    sent.push({
      text,
      get parameters() {
        return bound.parameters;
      },
    });
    return query;
  }) as typeof sql.unsafe;
  return sent;
}

/** A node of EXPLAIN's JSON. */
interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

/** Number of rows of a table that a statement visits, and the nodes of its plan that visit them. */
export interface Visits {
  readonly rows: number;
  readonly nodes: readonly string[];
}

/** Runs a statement as a prepared one with the plan of `mode`, and takes back what it did. */
export async function visits(
  sql: Sql,
  table: string,
  mode: "force_generic_plan" | "force_custom_plan",
  { text, parameters }: SentStatement,
): Promise<Visits> {
  let plan: PlanNode | undefined;
  const rollback = new Error("rollback");
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(`SET LOCAL plan_cache_mode = ${mode}`);
      await transaction.unsafe(`PREPARE sent AS ${text}`);
      const values = parameters.map((value) =>
        value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`,
      );
      const execute = values.length === 0 ? "sent" : `sent(${values.join(", ")})`;
      const [row] = await transaction.unsafe(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE ${execute}`);
      plan = row?.["QUERY PLAN"][0].Plan;
      await transaction.unsafe("DEALLOCATE sent");
      throw rollback;
    })
    .catch((error) => {
      if (error !== rollback) throw error;
    });
  const nodes = [...walk(plan!)].filter((node) => node["Relation Name"] === table);
  return {
    rows: nodes.reduce((sum, node) => sum + visitedBy(node), 0),
    nodes: nodes.map((node) => `${node["Node Type"]}: ${visitedBy(node)}`),
  };
}

const visitedBy = (node: PlanNode) =>
  node["Actual Loops"] *
  (node["Actual Rows"] +
    (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0));

function* walk(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* walk(child);
}
