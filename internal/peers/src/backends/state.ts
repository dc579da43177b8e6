import { StateBackend } from "deepagents";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";
import { openThread } from "../thread.js";

export const state: PeerSubject = {
  name: "StateBackend",
  ...installed("deepagents"),
  // Keys of a record: any text is one, whatever lies below it. Sizes count UTF-16 units, and uploads are decoded as
  // text unless their extension says otherwise.
  capabilities: { ownRoot: true, fileAndDirectory: true, exactText: true, positions: true, globSyntax: true },
  async create() {
    const thread = await openThread();
    const open = () => thread.inside(new StateBackend());
    return { backend: open(), open, close: thread.close };
  },
};
