/**
 * Message types of the protocol.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const MESSAGE = {
  readyForQuery: 0x5a,
  backendKeyData: 0x4b,
  errorResponse: 0x45,
  dataRow: 0x44,
  bind: 0x42,
} as const;

/** Protocol version 3.0. */
const PROTOCOL = 3 << 16;
const CANCEL_REQUEST = 80_877_102;

/** `ReadyForQuery` outside of a transaction, which ends a response. */
export const READY = Buffer.from([MESSAGE.readyForQuery, 0, 0, 0, 5, 0x49]);

/** `Terminate`, which announces the end of a connection. */
export const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

/** Encodes the first message on a connection, with the session parameters. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(PROTOCOL, 4);
  const message = Buffer.concat([head, Buffer.from(`${Object.entries(parameters).flat().join("\0")}\0\0`)]);
  message.writeInt32BE(message.length);
  return message;
}

/** Server process behind a connection, and the secret for cancel requests. */
export interface BackendKey {
  readonly pid: number | null;
  readonly secret: number | null;
}

export function readBackendKey(message: Buffer): BackendKey {
  return { pid: message.readUInt32BE(5), secret: message.readUInt32BE(9) };
}

/** Encodes `BackendKeyData`, with which a server reports its process id. */
export function backendKeyData(pid: number): Buffer {
  const message = Buffer.from([MESSAGE.backendKeyData, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0]);
  message.writeUInt32BE(pid, 5);
  return message;
}

/** Encodes a request to cancel the statement of another connection. */
export function cancelRequest({ pid, secret }: BackendKey): Buffer {
  const message = Buffer.alloc(16);
  for (const [i, value] of [16, CANCEL_REQUEST, pid ?? 0, secret ?? 0].entries()) {
    message.writeUInt32BE(value, i * 4);
  }
  return message;
}

/** Encodes a statement of the simple protocol. */
export function simpleQuery(statement: string): Buffer {
  return message("Q", `${statement}\0`);
}

/** Encodes an error as a server would send it. */
export function errorResponse(code: string, text: string): Buffer {
  return message("E", `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
}

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.from([type.charCodeAt(0), 0, 0, 0, 0]);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Reads the SQLSTATE of an `ErrorResponse`. */
export function sqlStateOf(error: Buffer): string {
  const code = error
    .toString("latin1", 5)
    .split("\0")
    .find((field) => field.startsWith("C"));
  return code?.slice(1) ?? "";
}

/** Reads the columns of a `DataRow` as text. */
export function columnsOf(row: Buffer): string[] {
  const columns: string[] = [];
  for (let at = 7; at + 4 <= row.length; ) {
    const length = Math.max(0, row.readInt32BE(at));
    columns.push(row.toString("utf8", at + 4, at + 4 + length));
    at += 4 + length;
  }
  return columns;
}

/** Splits a buffer of whole messages. */
export function* eachMessage(messages: Buffer): Generator<Buffer> {
  for (let start = 0; start < messages.length; ) {
    const end = start + 1 + messages.readUInt32BE(start + 1);
    yield messages.subarray(start, end);
    start = end;
  }
}
