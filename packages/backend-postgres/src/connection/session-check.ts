import { columnsOf, MESSAGE, simpleQuery } from "./messages.js";

/**
 * Kinds of server for `target_session_attrs`, as in libpq.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
 */
export const SESSION_TARGETS = [
  "any",
  "read-write",
  "read-only",
  "primary",
  "standby",
  "prefer-standby",
] as const;

export type TargetSessionAttrs = (typeof SESSION_TARGETS)[number];

/** Kind to require of one server. `prefer-standby` is split into two rounds over the hosts. */
export type SessionTarget = Exclude<TargetSessionAttrs, "prefer-standby">;

const FITS: Readonly<Record<SessionTarget, (isReadOnly: boolean, isStandby: boolean) => boolean>> = {
  any: () => true,
  "read-write": (isReadOnly) => !isReadOnly,
  "read-only": (isReadOnly) => isReadOnly,
  primary: (_, isStandby) => !isStandby,
  standby: (_, isStandby) => isStandby,
};

/** Queries the kind of a server after authentication. */
export class SessionCheck {
  static readonly query = simpleQuery("SELECT current_setting('transaction_read_only'), pg_is_in_recovery()");
  #columns: readonly string[] = [];

  /** Reads the response message by message; returns `undefined` until it is complete. */
  read(message: Buffer, target: SessionTarget): boolean | undefined {
    if (message[0] === MESSAGE.dataRow) this.#columns = columnsOf(message);
    if (message[0] !== MESSAGE.readyForQuery) return undefined;
    const [readOnly, standby] = this.#columns;
    return FITS[target](readOnly !== "off", standby !== "f");
  }
}
