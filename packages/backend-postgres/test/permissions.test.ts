import { ScriptedModel, type ToolCall } from "@deepagents-internal/testing";
import { withCreateOnlyFiles } from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { createDeepAgent, createFilesystemMiddleware, type FilesystemPermission } from "deepagents";
import type { PostgresBackend } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

const NFC = "/s\u00e9cret";
const NFD = "/se\u0301cret";
const permissions: FilesystemPermission[] = [
  { operations: ["read", "write"], paths: ["/secret/**", `${NFC}/**`], mode: "deny" },
];

/** Paths that could be mistaken for the secret file, and must be refused. */
const REFUSED = [
  "/secret/key",
  "secret/key",
  "./secret/key",
  "/./secret/key",
  "/secret/./key",
  "/secret/key/.",
  "//secret//key",
  "/secret///key",
  "/x/../secret/key",
  "/../secret/key",
  "/secret/../secret/key",
  "/secret/key/",
  "/secret/key ",
  "/secret/key.",
  "/secret/KEY",
  "/secret/key\u0000",
  "/secret/key\n",
  "/secret\n/key",
  "/\u007fsecret/key",
  "/secret/\ud800key",
  "/secret",
  "/secret/",
  "/secret/.",
  "/",
  "/.",
  "//",
  "",
  "\\secret\\key",
  "~/secret/key",
  "file:///secret/key",
  `${NFC}/key`,
  `${NFC}/./key`,
];

/** Paths that look like the secret file but name files of their own, which no rule forbids. */
const OTHER_FILES = [
  "/SECRET/key",
  "/Secret/Key",
  "/secret%2Fkey",
  "/%73ecret/key",
  "/%2E/secret/key",
  "/\\secret\\key",
  "/secret\\key",
  "/secret /key",
  "/ secret/key",
  "/secret./key",
  "/secret\u200b/key",
  "/\ufeffsecret/key",
  "/\uff53ecret/key",
  "/secrets/key",
  "/public/secret/key",
  `${NFD}/key`,
  "/.../secret/key",
];

const SPELLINGS = [...REFUSED, ...OTHER_FILES];

/** Calls that search from above, with patterns that name the secret file. */
const SEARCHES: readonly ToolCall[] = [
  ...[
    "/",
    "//",
    "/.",
    "/..",
    "",
    "/public",
    "/public/..",
    "/secret",
    "/secret/.",
    "/./secret",
    `${NFC}/`,
  ].flatMap((path): ToolCall[] => [
    ["ls", { path }],
    ["glob", { pattern: "**", path }],
    ["grep", { pattern: "password", path }],
  ]),
  ...REFUSED.flatMap((spelling): ToolCall[] => [
    ["ls", { path: spelling }],
    ["glob", { pattern: spelling }],
    ["glob", { pattern: "**", path: spelling }],
    ["grep", { pattern: "password", path: spelling }],
    ["grep", { pattern: "password", glob: spelling }],
  ]),
  ...[
    "**/key",
    "secret/*",
    "{secret,x}/*",
    "s[e]cret/**",
    "*/key",
    "+(secret)/*",
    "s?cret/k*",
    "../**",
  ].flatMap((pattern): ToolCall[] => [
    ["glob", { pattern }],
    ["grep", { pattern: "password", glob: pattern }],
    ["grep", { pattern: "password", glob: pattern, output_mode: "files_with_matches" }],
  ]),
];

const file = (file_path: string, rest: object = {}) => ({ file_path, ...rest });
const TURNS: readonly (readonly ToolCall[])[] = [
  [...SEARCHES, ...SPELLINGS.map((path): ToolCall => ["read_file", file(path)])],
  SPELLINGS.map((path) => ["write_file", file(path, { content: "password: mine" })]),
  SPELLINGS.map((path) => ["edit_file", file(path, { old_string: "password", new_string: "word" })]),
  SPELLINGS.map((path) => ["read_file", file(path)]),
  SPELLINGS.map((path) => ["delete", file(path)]),
];

/** As much of an agent as is used here. */
interface Agent {
  invoke(input: { messages: { role: string; content: string }[] }): Promise<{ messages: BaseMessage[] }>;
}

const AGENTS: Readonly<Record<string, (backend: PostgresBackend, model: ScriptedModel) => Agent>> = {
  createDeepAgent: (backend, model) => createDeepAgent({ model, backend, permissions }),
  withCreateOnlyFiles: (backend, model) =>
    createDeepAgent(withCreateOnlyFiles(createFilesystemMiddleware, { model, backend, permissions })),
};

describe.each(Object.entries(AGENTS))("permissions of %s that deny /secret/**", (name, createAgent) => {
  it("hold for every spelling of a path", async () => {
    const table = name.toLowerCase();
    // The harder case: where `write` replaces, only the rule stands between the model and the file.
    const backend = database.backend({ table, writeMode: "overwrite" });
    const secrets = ["/secret/key", `${NFC}/key`].map((path): [string, Uint8Array] => [
      path,
      Buffer.from("password: hunter2\n"),
    ]);
    await backend.uploadFiles([...secrets, ["/public/note", Buffer.from("password: none\n")]]);
    const rows = () => database.sql`SELECT *, xmin FROM ${database.sql(table)} ORDER BY path`;
    const paths = async () => (await rows()).map(({ path }) => `/${path}`);
    const before = await rows();

    // Files that exist when a turn begins.
    const found: string[][] = [];
    const model = new ScriptedModel(async (_, turn) => {
      found.push(await paths());
      return TURNS[turn] ?? [];
    });
    const { messages } = await createAgent(backend, model).invoke({
      messages: [{ role: "user", content: "go" }],
    });
    const tools = messages.filter(ToolMessage.isInstance);
    const answersOf = (turn: number): Answers =>
      TURNS[turn]!.map(([, args], i) => ({
        path: String(args.file_path),
        text: tools.find((answer) => answer.tool_call_id === `call_${turn}_${i}`)!.text,
      }));
    const [reads, writes, edits, again, deletions] = [0, 1, 2, 3, 4].map(answersOf) as Five<Answers>;

    const texts = [reads, writes, edits, again, deletions].flat().map(({ text }) => text);
    expect(texts.filter((text) => text.includes("hunter2"))).toEqual([]);
    expect(texts.filter((text) => /^\/s(e|\u00e9)cret\/key/m.test(text))).toEqual([]);
    // They would show it if it was not secret.
    expect(texts.filter((text) => text.includes("password: none")).length).toBeGreaterThan(0);
    expect(texts.filter((text) => /^\/public\/note/m.test(text)).length).toBeGreaterThan(0);

    const done = (some: Answers, word: string) =>
      some.filter(({ text }) => text.includes(word)).map(({ path }) => path);
    expect(done(writes, "Successfully")).toEqual(OTHER_FILES);
    expect(done(edits, "Successfully")).toEqual(OTHER_FILES);
    expect(done(again, "word: mine")).toEqual(OTHER_FILES);
    expect(done(deletions, "Deleted")).toEqual(OTHER_FILES);

    const initial = before.map(({ path }) => `/${path}`);
    expect(found[2]!.sort()).toEqual([...initial, ...OTHER_FILES].sort());
    expect(await rows()).toEqual(before);
  });
});

type Five<T> = [T, T, T, T, T];
type Answers = readonly { readonly path: string; readonly text: string }[];
