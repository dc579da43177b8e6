import { posix } from "node:path";
import { METHODS } from "../../../src/conformance/subject.js";
import type { BackendProtocolV2 } from "../../../src/protocol/protocol.js";
import type { Intact, Mutant } from "../mutant.js";

/** A backend whose root has another name than the one it was given. */
const renamed =
  (rename: (name: string) => string) =>
  (_: unknown, { everything, name }: Intact): Partial<BackendProtocolV2> => {
    const backend = everything.withNamespace([rename(name)]);
    return Object.fromEntries(METHODS.map((method) => [method, backend[method].bind(backend)]));
  };

const joinedBy = (separator: string, point: string): Mutant => ({
  defect: `the names of a namespace are joined by \`${separator}\``,
  caughtBy: `isolation/namespace/${point}`,
  breaks: renamed((name) => name.replaceAll("/", separator)),
});

/** Defects of what keeps backends apart. The name of a backend is here all its names, joined by a slash. */
export const isolationMutants: readonly Mutant[] = [
  {
    defect: "a namespace sees those that begin with its name",
    caughtBy: "isolation/neighbor/dash",
    breaks: (_, { everything, name }) => ({
      grep: async (pattern) => {
        const { matches = [] } = await everything.grep(pattern);
        const seen = matches.filter(({ path }) => path.startsWith(`/${name}`));
        return { matches: seen.map((match) => ({ ...match, path: match.path.replace(/^\/[^/]*/, "") })) };
      },
    }),
  },
  {
    defect: "a deletion of everything takes namespaces that begin with the name along",
    caughtBy: "isolation/neighbor/digit",
    breaks: (backend, { everything, name }) => ({
      delete: async (path) => {
        if (path !== "/") return backend.delete(path);
        const { files = [] } = await everything.ls("/");
        for (const file of files) if (file.path.startsWith(`/${name}`)) await everything.delete(file.path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a deletion reaches into namespaces that begin with the name",
    caughtBy: "isolation/neighbor/dash",
    breaks: (backend, { everything, name }) => ({
      delete: async (path) => {
        const { files = [] } = await everything.glob(`${name}*${path}`);
        for (const file of files) await everything.delete(file.path);
        return files.length > 0 ? { path, filesUpdate: null } : backend.delete(path);
      },
    }),
  },
  {
    defect: "an e-mail address is cut at its `@`",
    caughtBy: "isolation/neighbor/e-mail",
    breaks: renamed((name) => name.replace(/@.*/, "")),
  },
  joinedBy(":", "colon"),
  joinedBy("/", "slash"),
  joinedBy(".", "dot"),
  joinedBy("|", "bar"),
  {
    defect: "names are decoded",
    caughtBy: "isolation/namespace/percent",
    breaks: renamed(decodeURIComponent),
  },
  {
    defect: "`.` and `..` are resolved in names",
    caughtBy: "isolation/namespace/dots",
    breaks: renamed(posix.normalize),
  },
  {
    defect: "names are folded to lower case",
    caughtBy: "isolation/namespace/case",
    breaks: renamed((name) => name.toLowerCase()),
  },
  {
    defect: "names are normalized",
    caughtBy: "isolation/namespace/unicode",
    breaks: renamed((name) => name.normalize("NFKC")),
  },
  {
    defect: "the domain of an e-mail address is dropped from a name",
    caughtBy: "isolation/namespace/e-mail",
    breaks: renamed((name) => name.replace(/@[^/]*/, "")),
  },
];
