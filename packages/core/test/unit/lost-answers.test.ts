import { describe, expect, it } from "@jest/globals";
import { type FileStore, LostAnswer, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend, RemoteBackendError } from "../../src/index.js";

const lost = () => new RemoteBackendError("unknown-outcome", "The answer was lost.");

/** A backend whose first change is not carried out, and whose answer is lost; others act then. */
function losing(store: FileStore, meanwhile: () => Promise<unknown>, own: Partial<FileStore> = {}) {
  let isFirst = true;
  const lose = async () => {
    if (!isFirst) return;
    isFirst = false;
    await meanwhile();
    throw lost();
  };
  return new RemoteBackend(
    layer(store, {
      put: async (changes, options) => {
        await lose();
        return store.put(changes, options);
      },
      delete: async (key, options) => {
        await lose();
        return store.delete(key, options);
      },
      ...own,
    }),
  );
}

const upload = async (backend: RemoteBackend, path: string, text: string) =>
  (await backend.uploadFiles([[path, Buffer.from(text)]]))[0];

const textOf = async (backend: RemoteBackend, path: string) => (await backend.readRaw(path)).data?.content;

/** A clock that is ahead of the times of files, so that they are older than every call. */
const ahead = {
  clock: async () => ({ now: new Date(Date.now() + 60_000), toleranceMs: 0 }),
} satisfies Partial<FileStore>;

describe("a change that was not carried out", () => {
  it("is made if the file is older than the call", async () => {
    const store = new MemoryFileStore();
    const direct = new RemoteBackend(store);
    await direct.write("/a.txt", "old");
    expect(
      await upload(
        losing(store, async () => {}, ahead),
        "/a.txt",
        "new",
      ),
    ).toMatchObject({
      error: null,
    });
    expect(await textOf(direct, "/a.txt")).toBe("new");
    expect(await losing(store, async () => {}, ahead).write("/a.txt", "x")).toMatchObject({
      error: expect.stringContaining("already exists"),
    });
    expect(await losing(store, async () => {}, ahead).delete("/a.txt")).not.toHaveProperty("error");
    expect(await textOf(direct, "/a.txt")).toBe(undefined);
  });

  it("is made if the store reports the version to replace", async () => {
    const store = new MemoryFileStore();
    const direct = new RemoteBackend(store);
    await direct.write("/a.txt", "old");
    let isFirst = true;
    const backend = new RemoteBackend(
      layer(store, {
        put: async (changes) => {
          if (!isFirst) return store.put(changes);
          isFirst = false;
          const [file] = await store.get([changes[0]!.key]);
          throw new LostAnswer("The answer was lost.", file!.version);
        },
      }),
    );
    expect(await upload(backend, "/a.txt", "new")).toMatchObject({ error: null });
    expect(await textOf(direct, "/a.txt")).toBe("new");
  });

  it("is unknown, and not made, if the file may be newer", async () => {
    const store = new MemoryFileStore();
    const direct = new RemoteBackend(store);
    await direct.write("/a.txt", "old");
    const { clock: _, ...methods } = layer(store, {});
    const clockless = () => losing(methods, async () => {});
    expect((await upload(clockless(), "/a.txt", "new"))?.message).toContain("unknown");
    expect((await clockless().write("/a.txt", "new")).error).toContain("unknown");
    expect((await clockless().delete("/a.txt")).error).toContain("may be newer than the deletion");
    expect(await textOf(direct, "/a.txt")).toBe("old");
    expect(await clockless().delete("/missing")).not.toHaveProperty("error");
  });

  it("is resolved again if its retry is lost too, and if others write in between", async () => {
    const store = new MemoryFileStore();
    const direct = new RemoteBackend(store);
    await direct.write("/a.txt", "old");
    let attempts = 0;
    const backend = new RemoteBackend(
      layer(store, {
        ...ahead,
        put: async (changes) => {
          attempts++;
          if (attempts === 1) throw lost();
          if (attempts === 2) await direct.edit("/a.txt", "old", "older");
          const answers = await store.put(changes);
          if (attempts === 3) throw lost();
          return answers;
        },
      }),
    );
    expect(await upload(backend, "/a.txt", "new")).toMatchObject({ error: null });
    expect(attempts).toBe(3);
    expect(await textOf(direct, "/a.txt")).toBe("new");
  });
});
