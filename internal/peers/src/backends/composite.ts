import { MemoryBackend } from "@deepagents-remote/core";
import { CompositeBackend } from "deepagents";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

/** CompositeBackend over a backend that passes every case, so that failures are due to the composite. */
export const composite: PeerSubject = {
  name: "CompositeBackend over MemoryBackend",
  ...installed("deepagents"),
  // The same promises as the mounted backend, except that the mounts share one `/`, where `ls` and `glob` sort by
  // locale, and that errors name paths without their mount.
  capabilities: {
    ...new MemoryBackend().capabilities,
    errorWords: false,
    lookAlikes: false,
    spelling: false,
    ordered: false,
  },
  skip: { "shape/is-no-composite": "it is one" },
  // A case works in the directory of its name, which is mounted here: each of its paths goes through the mount.
  create({ name }) {
    const [files, mounted] = [new MemoryBackend(), new MemoryBackend()];
    const open = () => new CompositeBackend(files, { [`/${name}/`]: mounted });
    return { backend: open(), open };
  },
};
