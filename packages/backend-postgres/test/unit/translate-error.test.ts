import { describe, expect, it } from "@jest/globals";
import { failure, NO_TLS, translateError } from "../../src/connection/translate-error.js";

/** An error as postgres.js makes it of the server's. */
const refused = (code: string) => Object.assign(new Error("x"), { name: "PostgresError", code });
const about = { writes: true, database: "database app at db:5432" };

describe("advice for an operator is a hint, not part of the message that a model may read", () => {
  it.each([
    [refused("42P01"), "misconfigured", "The files table does not exist.", /initialize\(\)/],
    [refused("42703"), "misconfigured", "The files table lacks a column.", /initialize\(\)/],
    [refused("3F000"), "misconfigured", "The schema does not exist.", /Create it/],
    [
      refused("42501"),
      "permission-denied",
      "The database role lacks a privilege for this operation.",
      /Grant it SELECT/,
    ],
    [
      refused("28000"),
      "misconfigured",
      "The database app at db:5432 does not accept this user from this host.",
      /pg_hba\.conf.*sslmode/,
    ],
    [failure(NO_TLS), "misconfigured", "The database app at db:5432 does not offer TLS.", /sslmode/],
  ])("%s", (error, code, message, hint) => {
    expect(translateError(error, about)).toMatchObject({
      code,
      message,
      hint: expect.stringMatching(hint),
      cause: error,
    });
  });

  it("without advice, there is no hint", () => {
    expect(translateError(refused("40001"), about).hint).toBeUndefined();
  });
});
