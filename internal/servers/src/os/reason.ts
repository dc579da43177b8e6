/** Why a connection failed, in a few words. Node wraps it: one error per address of a name, or a cause. */
export function reason(error: unknown): string {
  const { errors, cause, message, code } = Object(error) as {
    errors?: unknown[];
    cause?: unknown;
    message?: string;
    code?: string;
  };
  if (errors?.length) return reason(errors[0]);
  if (cause) return reason(cause);
  return message || String(code ?? error);
}
