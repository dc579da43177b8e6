import { createHash } from "node:crypto";

/** SHA-256 of a content, in hexadecimal digits. */
export type Hash = string;

export const hashOf = (data: Uint8Array): Hash => createHash("sha256").update(data).digest("hex");
