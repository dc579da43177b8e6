import { Auth, HTTPException } from "@langchain/langgraph-sdk/auth";

/** Stands in for your identity provider. */
const USERS: Readonly<Record<string, string>> = {
  "token-of-anna": "anna@example.org",
  "token-of-bob": "bob@example.org",
};

/** Authenticates each request. Without it, a client could claim to be any user. */
export const auth = new Auth().authenticate(async (request: Request) => {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const identity = Object.hasOwn(USERS, token) ? USERS[token] : undefined;
  if (identity === undefined) throw new HTTPException(401, { message: "Unknown token." });
  return identity;
});
