import { describe, it } from "@jest/globals";

/** The `Server` header of the store that `TEST_S3_URL` names; the jest set-up asks for it. */
const server = process.env.TEST_S3_SERVER ?? "";

/** True if the tests run on MinIO. */
export const isMinio = server === "MinIO";

/** True if they run on VersityGW, which keeps a bucket for empty directories that no listing shows. */
export const isVersityGw = server === "VERSITYGW";

/** Cases of the suite that fail on VersityGW, with the reason. */
export const VERSITYGW_FAILURES = {
  "paths/round-trip/noncharacter":
    "VersityGW lists directories unencoded, and XML cannot carry U+FFFE and U+FFFF.",
};

const HIDDEN =
  "MinIO lists nothing below a deleted file whose versions are kept, so that such names are refused.";

/** Returns the cases that fail on MinIO with history, with the reason. */
export const hiddenBehindDeleted = (...ids: readonly string[]): Readonly<Record<string, string>> =>
  isMinio ? Object.fromEntries(ids.map((id) => [id, HIDDEN])) : {};

const reason = `skipped: MinIO's own rules, and the store is ${server || "unknown"}`;

/** Tests of behavior that MinIO has and other stores need not have. */
export const describeOnMinio = (name: string, tests: () => void): void =>
  isMinio ? describe(name, tests) : describe.skip(`${name} (${reason})`, tests);

/** One such test. */
export const itOnMinio = (name: string, test: () => Promise<void>): void =>
  isMinio ? it(name, test) : it.skip(`${name} (${reason})`, test);
