import { Auth, HTTPException } from "@langchain/langgraph-sdk/auth";

/** Takes the place of your identity provider. */
const USERS: Readonly<Record<string, string>> = {
  "token-of-anna": "anna@example.org",
  "token-of-bob": "bob@example.org",
};

/** Finds the user of each request. Without this, a client may claim to be anybody. */
export const auth = new Auth().authenticate(async (request: Request) => {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const identity = Object.hasOwn(USERS, token) ? USERS[token] : undefined;
  if (identity === undefined) throw new HTTPException(401, { message: "Unknown token." });
  return identity;
});
