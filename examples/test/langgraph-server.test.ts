import { createDatabase } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type LangGraphServer, startLangGraphServer } from "./helpers/langgraph-server.js";

let database: Awaited<ReturnType<typeof createDatabase>>;
let files: PostgresBackend;
let server: LangGraphServer;
beforeAll(async () => {
  database = await createDatabase();
  files = new PostgresBackend({ url: database.url });
  server = await startLangGraphServer("langgraph.json", { DATABASE_URL: database.url });
});
beforeEach(async () => void (await files.delete("/")));
afterAll(async () => {
  await server?.stop();
  await files.close();
  await database.drop();
});

const input = { messages: [{ role: "user", content: "Remember me." }] };

/** As much of the answers as is used here. */
interface Answer {
  messages?: { content: string }[];
  thread_id?: string;
  assistant_id?: string;
}

async function post(path: string, body: object, token?: string): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, answer: text.startsWith("{") ? JSON.parse(text) : {} };
}

const stored = async () => (await files.glob("**")).files?.map(({ path }) => path);

/** Everything that a client can claim. */
const bob = {
  userId: "bob@example.org",
  user_id: "bob@example.org",
  langgraph_auth_user_id: "bob@example.org",
};

it("a request without a user is refused", async () => {
  expect(await post("/runs/wait", { assistant_id: "agent", input })).toMatchObject({ status: 401 });
  expect(await stored()).toEqual([]);
});

it("serves the authenticated user's files, whoever the client claims to be", async () => {
  const claims = { configurable: { ...bob, langgraph_auth_user: { identity: "bob@example.org" } } };
  const run = await post(
    "/runs/wait",
    { assistant_id: "agent", input, config: claims, metadata: bob },
    "token-of-anna",
  );
  expect(run).toMatchObject({ status: 200 });
  expect(run.answer.messages?.at(-1)?.content).toContain("Remember me.");
  expect(await stored()).toEqual(["/users/anna@example.org/me.md"]);
});

it("serves the same files to a run of the client's own assistant, with a thread and a context", async () => {
  const assistant = await post(
    "/assistants",
    { graph_id: "agent", config: { configurable: bob } },
    "token-of-anna",
  );
  const thread = await post("/threads", { metadata: bob }, "token-of-anna");
  const path = `/threads/${thread.answer.thread_id}/runs/wait`;
  const { assistant_id } = assistant.answer;
  expect(await post(path, { assistant_id, input }, "token-of-anna")).toMatchObject({ status: 200 });
  const context = await post("/runs/wait", { assistant_id: "agent", input, context: bob }, "token-of-anna");
  expect(context).toMatchObject({ status: 200 });
  expect(await stored()).toEqual(["/users/anna@example.org/me.md"]);
});

it("two users have two files", async () => {
  for (const token of ["token-of-anna", "token-of-bob"]) {
    expect(await post("/runs/wait", { assistant_id: "agent", input }, token)).toMatchObject({ status: 200 });
  }
  expect(await stored()).toEqual(["/users/anna@example.org/me.md", "/users/bob@example.org/me.md"]);
});
