import { RemoteBackendError } from "../../support/errors.js";

/** Maximum attempts of a call. */
const MAX_ATTEMPTS = 5;

/** Makes a call again after a transient failure, as a backend does: a service may cancel the wrong statement, for example. */
export async function repeatTransient<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!RemoteBackendError.is(error) || !error.isTransient || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
