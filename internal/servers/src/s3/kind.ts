import type { GoProgram } from "../go/build.js";
import type { Image } from "../images.js";
import type { Home } from "../os/folders.js";
import { reason } from "../os/reason.js";

/** An S3 server that tests run on. */
export interface S3Kind {
  /** Environment variable that names a running one. */
  readonly variable: string;
  readonly go: GoProgram;
  readonly image?: Image;
  /** Version in what the program prints for `--version`. A program of another kind prints something else. */
  readonly version: RegExp;
  parameters(listen: string, data: string, home: Home): string[];
  /** Settings in the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that are meant for another server of this kind. */
  readonly foreign: RegExp;
  /** True if the server of this home, which listens as its parameters say, takes requests at the endpoint. */
  isReady(endpoint: string, home: Home): Promise<boolean>;
  readonly portTaken: RegExp;
}

/** HTTP status of an answer, or the reason why there is none. */
export async function statusOf(url: string): Promise<number | string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    return reason(error);
  }
}
