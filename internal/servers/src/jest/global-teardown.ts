import { kept } from "./kept.js";

/** For `globalTeardown`: stops what the set-up started. */
export default async function teardown(): Promise<void> {
  await kept()?.stop();
}
