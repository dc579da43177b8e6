import { MemoryBackend } from "@deepagents-remote/core";
import { CompositeBackend } from "deepagents";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

/** Over a backend that holds every case, so that what fails is the composite's own. */
export const composite: PeerSubject = {
  name: "CompositeBackend over MemoryBackend",
  ...installed("deepagents"),
  // What is below promises it too, except that the mounts share one `/`, where `ls` and `glob` sort by locale, and
  // that errors name a path without its mount.
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
