import { type NamespacedBackend, RemoteBackend } from "@deepagents-remote/core";
import { type FileStore, layer } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import { ToolMessage } from "@langchain/core/messages";
import { getConfig } from "@langchain/langgraph";
import { createDeepAgent } from "deepagents";
import { barrier } from "./barrier.js";
import { pairsOfNamespaces } from "./namespace-pairs.js";
import { ScriptedModel } from "./scripted-model.js";
import type { TestStorage } from "./test-storage.js";

const sees = async (backend: NamespacedBackend) => ({
  ls: (await backend.ls("/")).files?.map(({ path }) => path),
  glob: (await backend.glob("**")).files?.map(({ path }) => path),
  grep: (await backend.grep("mark")).matches?.map(({ path, text }) => `${path} ${text}`),
});

/** Returns the expected view of a namespace with the files of `mark`. */
const own = (mark: string) => ({
  ls: ["/d/", "/f.txt"],
  glob: ["/d/f.txt", "/f.txt"],
  grep: [`/d/f.txt ${mark}`, `/f.txt ${mark}`],
});
const NOTHING = { ls: [], glob: [], grep: [] };

/** Parameters of the namespace tests. */
export interface NamespaceTests {
  readonly storage: TestStorage;
  /** Store of the same kind, which is never called. */
  readonly store: FileStore;
  /** Number of pairs of each depth to try on the storage. */
  readonly pairs: number;
  /** Returns true for components that the storage cannot hold. Default: none. */
  readonly isRefused?: (component: string) => boolean;
}

/** Defines the tests of isolation between namespaces. */
export function defineNamespaceTests(tests: NamespaceTests): void {
  describe("10,000 pairs of namespaces of one depth", () => definePairs(tests));
  describe("acme", () => defineNamesakes(tests));
  describe("a namespace function in runs of LangGraph", () => defineRuns(tests));
}

function definePairs({ storage, store, pairs: count, isRefused = () => false }: NamespaceTests): void {
  it("have roots that are not prefixes of each other", async () => {
    const rootOf = async (namespace: readonly string[]) => {
      let root = "";
      const asked = layer(store, {
        open: async () => {},
        list: (_, options) => {
          root = options.root;
          return (async function* () {})();
        },
      });
      await new RemoteBackend(asked, { namespace }).ls("/");
      return root;
    };
    const met = [];
    for (const [a, b] of pairsOfNamespaces(10_000)) {
      const [rootA, rootB] = [await rootOf(a), await rootOf(b)];
      if (rootA === "" || rootA.startsWith(rootB) || rootB.startsWith(rootA)) met.push([a, b]);
    }
    expect(met).toEqual([]);
  });

  it.each([1, 2, 3])("share nothing in the storage, at depth %i", async (depth) => {
    const backend = storage.backend(`depth${depth}`);
    const pairs = pairsOfNamespaces(10_000)
      .filter((pair) => pair[0].length === depth && !pair.flat().some(isRefused))
      .slice(0, count);
    const all = [...new Map(pairs.flat().map((each) => [JSON.stringify(each), each])).values()];
    const spaces = all.map((namespace, i) => ({
      namespace,
      mark: `mark ${i}.`,
      backend: backend.withNamespace(namespace),
      goes: i % 2 === 0,
    }));
    await Promise.all(
      spaces.map(({ backend, mark }) =>
        backend.uploadFiles(["/f.txt", "/d/f.txt"].map((path) => [path, Buffer.from(mark)])),
      ),
    );
    const wrong = async (expected: (space: (typeof spaces)[number]) => object) => {
      const seen = await Promise.all(
        spaces.map(async (space) => ({ space, saw: await sees(space.backend) })),
      );
      return seen.filter(({ space, saw }) => JSON.stringify(saw) !== JSON.stringify(expected(space)));
    };
    expect(await wrong(({ mark }) => own(mark))).toEqual([]);
    const contents = await Promise.all(spaces.map(({ backend }) => backend.read("/d/f.txt")));
    expect(contents.map(({ content }) => content)).toEqual(spaces.map(({ mark }) => mark));

    await Promise.all(spaces.filter(({ goes }) => goes).map(({ backend }) => backend.delete("/")));
    expect(await wrong(({ goes, mark }) => (goes ? NOTHING : own(mark)))).toEqual([]);
  });
}

function defineNamesakes({ storage }: NamespaceTests): void {
  const namesake = ["acme-corp", "acme0", "acme.", "ACME", "acme/bob", "acm"];

  it.each(namesake)("neither sees nor changes anything in %s", async (name) => {
    const backend = storage.backend(`acme_${namesake.indexOf(name)}`);
    const acme = backend.withNamespace(["acme"]);
    const other = backend.withNamespace([name]);
    await other.uploadFiles(["/f.txt", "/d/f.txt"].map((path) => [path, Buffer.from("mark 1.")]));
    const rest = name.slice(4);
    const paths = [
      "/f.txt",
      `/${rest}/f.txt`,
      `/../${name}/f.txt`,
      `../${name}/f.txt`,
      `${rest}/f.txt`,
      `/${name}/f.txt`,
    ];
    for (const path of paths) {
      expect(await acme.read(path)).toEqual({ error: expect.any(String) });
      expect(await acme.readRaw(path)).toEqual({ error: expect.any(String) });
      expect(await acme.downloadFiles([path])).toMatchObject([{ content: null }]);
      expect(await acme.edit(path, "mark", "x")).toEqual({ error: expect.any(String) });
      expect(await acme.delete(path)).toEqual({ error: expect.any(String) });
    }
    for (const path of ["/", "..", "/..", `/../${name}`, `/${rest}`, `/${name}`]) {
      expect((await acme.ls(path)).files ?? []).toEqual([]);
      expect((await acme.glob("**", path)).files ?? []).toEqual([]);
      expect((await acme.glob(`../${name}/**`, path)).files ?? []).toEqual([]);
      expect((await acme.grep("mark", path)).matches ?? []).toEqual([]);
    }
    await acme.write("/f.txt", "mark 2.");
    expect((await acme.delete("/")).error).toBeUndefined();
    expect(await sees(other)).toEqual(own("mark 1."));
  });

  it("contains its descendants", async () => {
    const backend = storage.backend("nested");
    const bob = backend.withNamespace(["acme", "bob"]);
    await bob.write("/f.txt", "mark 1.");
    const acme = backend.withNamespace(["acme"]);
    expect((await acme.read("/bob/f.txt")).content).toBe("mark 1.");
    expect(await sees(acme.withNamespace(["bob"]))).toEqual(await sees(bob));
    await acme.delete("/");
    expect(await sees(bob)).toEqual(NOTHING);
  });
}

function defineRuns({ storage }: NamespaceTests): void {
  const USERS = Array.from({ length: 50 }, (_, i) => `user-${i}`);
  const NOBODIES = ["throws", "returns nothing", "unknown"];

  it("gives each of 50 concurrent runs its own files, and none to a run without a user", async () => {
    const backend = storage.backend("runs", {
      namespace: () => {
        const userId = getConfig().configurable?.userId;
        if (userId === "throws") throw new Error("no such user");
        return userId === "returns nothing" ? [] : ["users", userId];
      },
    });
    // Every run takes its turn only once all have reached it, so that their calls are concurrent.
    const meet = barrier(USERS.length + NOBODIES.length);
    const model = new ScriptedModel(async (user, turn) => {
      await meet(turn);
      const write = (path: string) =>
        ["write_file", { file_path: path, content: `secret of ${user}.` }] as const;
      const turns = [
        [write("/notes.md"), write(`/${user}.md`)],
        [
          ["read_file", { file_path: "/notes.md" }],
          ["grep", { pattern: "secret" }],
          ["ls", { path: "/" }],
          ["glob", { pattern: "**" }],
        ],
      ] as const;
      return turns[turn] ?? [];
    });
    const agent = createDeepAgent({ model, backend });
    const run = async (user: string) => {
      const configurable = user === "unknown" ? {} : { userId: user };
      const { messages } = await agent.invoke(
        { messages: [{ role: "user", content: user }] },
        { configurable },
      );
      return messages.filter(ToolMessage.isInstance).map(({ text }) => text);
    };
    const [users, nobodies] = await Promise.all([
      Promise.all(USERS.map(run)),
      Promise.all(NOBODIES.map(run)),
    ]);

    for (const [i, user] of USERS.entries()) {
      const [, , read, grep, ls, glob] = users[i]!;
      expect(users[i]).toHaveLength(6);
      expect(read!.match(/secret of .*?\./g)).toEqual([`secret of ${user}.`]);
      expect(grep!.match(/secret of .*?\./g)).toEqual(Array(2).fill(`secret of ${user}.`));
      expect(ls!.match(/\/\S+/g)).toEqual(["/notes.md", `/${user}.md`]);
      expect(glob!.match(/\/\S+/g)).toEqual(["/notes.md", `/${user}.md`]);
    }
    const causes = ["'namespace' failed", "returned no component", "Component 2 of 2"];
    for (const [i, cause] of causes.entries()) {
      expect(nobodies[i]).toEqual(Array(6).fill(expect.stringContaining(cause)));
    }
    const keys = (await storage.stored("runs")).map(({ key }) => key);
    const expected = USERS.flatMap((user) => [`users/${user}/notes.md`, `users/${user}/${user}.md`]);
    expect(keys.sort()).toEqual(expected.sort());
  });
}
