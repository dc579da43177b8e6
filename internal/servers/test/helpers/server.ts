import { withConnection } from "../../src/postgres/connection.js";

/** Whether a server answers at that address. */
export async function answers(url: string): Promise<boolean> {
  return withConnection(url, async (sql) => {
    await sql`select 1`;
    return true;
  }).catch(() => false);
}

export async function show(url: string, setting: string): Promise<string> {
  return withConnection(url, async (sql) => {
    const [row] = await sql<{ value: string }[]>`select current_setting(${setting}) as value`;
    return row!.value;
  });
}
