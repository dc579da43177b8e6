import type { Command } from "../support/command.js";
import { at } from "./at.js";
import { cat } from "./cat.js";
import { completionOf } from "./completion.js";
import { conformance } from "./conformance.js";
import { copy } from "./copy.js";
import { diff } from "./diff.js";
import { doctor } from "./doctor.js";
import { du } from "./du.js";
import { edit } from "./edit.js";
import { find } from "./find.js";
import { get } from "./get.js";
import { grep } from "./grep.js";
import { head } from "./head.js";
import { changes, history } from "./history.js";
import { ls } from "./ls.js";
import { migrate } from "./migrate.js";
import { cp, mv } from "./mv.js";
import { put } from "./put.js";
import { restore } from "./restore.js";
import { rewind } from "./rewind.js";
import { rm } from "./rm.js";
import { schema } from "./schema.js";
import { stat } from "./stat.js";
import { sync } from "./sync.js";
import { tree } from "./tree.js";

const commands: readonly Command[] = [
  ...[ls, tree, cat, head, find, grep, du, stat],
  ...[put, get, edit, rm, mv, cp],
  ...[history, changes, diff, at, restore, rewind],
  ...[sync, copy, migrate, schema, doctor, conformance],
];

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [...commands, completionOf(commands)];
