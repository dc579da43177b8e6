import { createHash } from "node:crypto";
import type { Hash } from "./state.js";

export const hashOf = (data: Uint8Array): Hash => createHash("sha256").update(data).digest("hex");
