/**
 * Kind of a change. `create` is a `write` of a file that did not exist, or any creation by another program; `write` is a
 * replacement by `write` or by another program.
 */
export type ChangeKind = "create" | "write" | "edit" | "upload" | "delete" | "restore";

/** Author of a change: who made it, in which thread and at which checkpoint of LangGraph. */
export interface Author {
  readonly thread?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly agent?: string | undefined;
  readonly user?: string | undefined;
}

/** Origin of a change, as an operation passes it to the store. */
export interface Origin {
  readonly kind: Exclude<ChangeKind, "create">;
  readonly by?: Author | undefined;
}
