import { tracingChannel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import {
  copyFiles,
  MemoryBackend,
  OPERATION_CHANNEL,
  type OperationTrace,
  RemoteBackend,
  RemoteBackendError,
} from "../../src/index.js";

let warn: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());

const messages = () => warn.mock.calls.map(([message]) => String(message));

/** A backend whose every call of the store fails. */
function failing(error: RemoteBackendError, options = {}): RemoteBackend {
  const fail = () => Promise.reject(error);
  return new RemoteBackend(layer(new MemoryFileStore(), { get: fail, put: fail }), options);
}

describe("functions of the caller", () => {
  const rejected = () => Promise.reject(new Error("no user")) as never;
  const thrown = () => {
    throw new Error("no user");
  };

  it.each([
    ["namespace", rejected, "The function given as 'namespace' returned a promise; it must not be async."],
    ["writeMode", rejected, "The function given as 'writeMode' returned a promise; it must not be async."],
    ["namespace", thrown, "The function given as 'namespace' failed."],
    ["writeMode", thrown, "The function given as 'writeMode' failed."],
    ["writeMode", () => "replace" as never, `must return "create", "overwrite" or "guarded", not a string`],
    ["writeMode", () => undefined as never, "not undefined"],
    [
      "namespace",
      () => ["users", undefined] as never,
      "Component 2 of 2 in the result of the namespace function is undefined",
    ],
    ["reader", rejected, "The function given as 'reader' returned a promise; it must not be async."],
    ["reader", thrown, "The function given as 'reader' failed."],
    ["namespace", () => "acme" as never, "The result of the namespace function must be an array"],
  ])("%s: a wrong result is reported with the function's name", async (option, run, words) => {
    const seen: OperationTrace[] = [];
    const store = new MemoryFileStore();
    const backend = new RemoteBackend(store, {
      ...(option === "reader" && { writeMode: "guarded" }),
      [option]: run,
      onOperation: (trace) => seen.push(trace),
    });
    const { error } = await backend.write("/a.txt", "x");
    expect(error).toContain(words);
    expect(error).not.toContain("no user");
    expect((await new RemoteBackend(store).ls("/")).files).toEqual([]);
    expect(seen[0]).toMatchObject({ outcome: "error", code: "invalid-options" });
    const cause = seen[0]!.error!.cause as Error | undefined;
    expect(cause?.message).toBe(run === thrown ? "no user" : undefined);
  });

  it("progress of copyFiles may not be async", async () => {
    const from = new MemoryBackend();
    await from.write("/a.txt", "x");
    const copying = copyFiles(from, new MemoryBackend(), { progress: rejected });
    await expect(copying).rejects.toThrow("The function given as 'progress' returned a promise");
    await expect(copyFiles(from, new MemoryBackend(), { progress: thrown })).rejects.toThrow("no user");
  });
});

describe("onOperation and onError", () => {
  const error = new RemoteBackendError("unavailable", "Away.", {
    cause: new Error("connect ECONNREFUSED"),
    isTransient: false,
  });

  it("receive every operation, and failures with their cause", async () => {
    const operations: OperationTrace[] = [];
    const errors: [RemoteBackendError, OperationTrace][] = [];
    const options = {
      onOperation: (trace: OperationTrace) => void operations.push(trace),
      onError: (thrown: RemoteBackendError, trace: OperationTrace) => void errors.push([thrown, trace]),
    };
    const backend = failing(error, options).withNamespace(["acme"]);
    await backend.ls("/");
    await backend.write("/a.txt", "x");
    await backend.downloadFiles(["/a.txt", "/b.txt"]);
    await backend.read("/../a.txt");
    expect(operations).toMatchObject([
      { operation: "ls", outcome: "ok", durationMs: expect.any(Number) },
      { operation: "write", outcome: "error", code: "unavailable", error },
      { operation: "downloadFiles", outcome: "error", code: "unavailable", error },
      { operation: "read", outcome: "error", code: "invalid-path" },
    ]);
    expect(errors).toEqual([
      [error, operations[1]],
      [error, operations[2]],
    ]);
  });

  it("do not receive an error for an expected answer", async () => {
    const onError = jest.fn();
    const backend = new MemoryBackend({ onError });
    await backend.write("/a.txt", "x");
    await backend.write("/a.txt", "y");
    await backend.read("/missing.txt");
    await backend.downloadFiles(["/missing.txt"]);
    expect(await backend.glob("!(a)")).toHaveProperty("error");
    expect(onError).not.toHaveBeenCalled();
  });

  it("break nothing by throwing, and a process warning reports it", async () => {
    const backend = new MemoryBackend({
      onOperation: () => {
        throw new Error("callback threw");
      },
    });
    expect(await backend.write("/a.txt", "x")).not.toHaveProperty("error");
    const rejecting = new MemoryBackend({
      onOperation: (async () => {
        throw new Error("callback rejected");
      }) as never,
    });
    expect(await rejecting.write("/a.txt", "x")).not.toHaveProperty("error");
    await new Promise(setImmediate);
    expect(warn.mock.calls).toEqual([
      [
        "MemoryBackend: The function given as 'onOperation' failed.",
        { type: "RemoteBackendWarning", code: "DEEPAGENTS_REMOTE_CALLBACK", detail: "Error: callback threw" },
      ],
    ]);
  });
});

describe("the tracing channel", () => {
  it("carries the error with its cause, also as a separate event", async () => {
    const events: unknown[] = [];
    const subscriber = {
      asyncEnd: (trace: OperationTrace) => events.push(["asyncEnd", trace.error]),
      error: (trace: OperationTrace) => events.push(["error", trace.error]),
    };
    const channel = tracingChannel<unknown, OperationTrace>(OPERATION_CHANNEL);
    channel.subscribe(subscriber as never);
    const error = new RemoteBackendError("permission-denied", "No.", {
      cause: new Error("permission denied for table"),
    });
    await failing(error).read("/a.txt");
    channel.unsubscribe(subscriber as never);
    expect(events).toEqual([
      ["error", error],
      ["asyncEnd", error],
    ]);
  });
});

describe("the process warning", () => {
  it("reports a misconfiguration once per cause, with a hint", async () => {
    const misconfigured = new RemoteBackendError("misconfigured", "The password is wrong.", {
      hint: "Rotate it.",
    });
    const backend = failing(misconfigured);
    await backend.read("/a.txt");
    await backend.write("/a.txt", "x");
    await failing(misconfigured).downloadFiles(["/a.txt"]);
    expect(warn.mock.calls).toEqual([
      [
        "RemoteBackend: The password is wrong.",
        { type: "RemoteBackendWarning", code: "DEEPAGENTS_REMOTE_MISCONFIGURED", detail: "Rotate it." },
      ],
    ]);
    await failing(new RemoteBackendError("misconfigured", "The table is gone.")).read("/a.txt");
    expect(messages()).toHaveLength(2);
  });

  it("shows the exception of the user's own function", async () => {
    const backend = new MemoryBackend({
      namespace: () => {
        throw new TypeError("Cannot read properties of undefined (reading 'userId')");
      },
    });
    await backend.ls("/warned");
    // The message was seen in a test above only for other classes.
    expect(warn.mock.calls[0]?.[1]).toMatchObject({
      detail: "TypeError: Cannot read properties of undefined (reading 'userId')",
    });
  });

  it("reports a function that failed before the deadline", async () => {
    const cause = new RangeError("The vault is sealed.");
    const options = { cause, option: "password", hint: "Unseal it.", isTransient: true };
    const error = new RemoteBackendError("misconfigured", "Could not obtain the password.", options);
    let calls = 0;
    // The retry is never answered.
    const get = () => (++calls % 2 === 1 ? Promise.reject(error) : new Promise<never>(() => {}));
    const backend = new RemoteBackend(layer(new MemoryFileStore(), { get }), { operationTimeoutMs: 1_000 });
    await Promise.all([backend.read("/a.txt"), backend.read("/a.txt")]);
    expect(warn.mock.calls).toEqual([
      [
        "RemoteBackend: Could not obtain the password.",
        expect.objectContaining({ detail: "RangeError: The vault is sealed.\nUnseal it." }),
      ],
    ]);
  });

  it("is the same after openings with different waits", async () => {
    const error = new RemoteBackendError("misconfigured", "No credentials.", { isTransient: true });
    let failures = 0;
    const open = () =>
      Promise.reject(++failures % 2 === 0 ? error : new RemoteBackendError("unavailable", "Away."));
    const store = layer(new MemoryFileStore(), { open, maxAttempts: 2 });
    await new RemoteBackend(store).ls("/");
    await new RemoteBackend(layer(store, { maxAttempts: 4 })).ls("/");
    expect(messages()).toEqual(["RemoteBackend: No credentials."]);
  });

  it("does not report outages and refusals, which an operator cannot repair", async () => {
    for (const code of ["unavailable", "permission-denied", "too-large"] as const) {
      await failing(new RemoteBackendError(code, `${code}.`, { isTransient: false })).read("/a.txt");
    }
    await new MemoryBackend({ readOnly: true }).write("/a.txt", "x");
    await new MemoryBackend().glob("!(a)");
    await new MemoryBackend().grep(7 as never);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("advice for an operator", () => {
  const hint = "GRANT SELECT ON agent_files TO app;";
  const denied = new RemoteBackendError("permission-denied", "The role lacks the right to do this.", {
    hint,
  });

  it("is in no result, but in onError and the trace", async () => {
    const seen: (string | undefined)[] = [];
    const backend = failing(denied, {
      onError: (error: RemoteBackendError) => seen.push(error.hint),
      onOperation: ({ error }: OperationTrace) => seen.push(error?.hint),
    });
    const answers = [
      await backend.read("/a.txt"),
      await backend.write("/a.txt", "x"),
      await backend.edit("/a.txt", "x", "y"),
      await backend.uploadFiles([["/a.txt", new Uint8Array()]]),
      await backend.downloadFiles(["/a.txt"]),
    ];
    for (const answer of answers) {
      expect(JSON.stringify(answer)).toContain("lacks the right");
      expect(JSON.stringify(answer)).not.toContain("GRANT");
    }
    expect(seen).toEqual(Array(10).fill(hint));
  });

  it("is shown by a thrown error as Node and console print it", async () => {
    const open = () => Promise.reject(denied);
    const backend = new RemoteBackend(layer(new MemoryFileStore(), { open }));
    const error = await backend.initialize().catch((reason: unknown) => reason);
    expect(inspect(error)).toContain("The role lacks the right to do this.");
    expect(inspect(error)).toContain(hint);
  });

  it("is kept by a timeout error", async () => {
    const away = new RemoteBackendError("unavailable", "Nothing listens.", { hint });
    const errors: RemoteBackendError[] = [];
    const backend = failing(away, {
      operationTimeoutMs: 100,
      onError: (error: RemoteBackendError) => errors.push(error),
    });
    await backend.read("/a.txt");
    // The circuit breaker is open now.
    await backend.read("/a.txt");
    expect(errors.map((error) => error.hint)).toEqual([hint, hint]);
  });
});
