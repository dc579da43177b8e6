/** What the set-up started. */
interface Kept {
  stop(): Promise<void>;
}

/** jest may load set-up and teardown apart from each other, in the same process. */
const KEY = Symbol.for("@deepagents-internal/servers/jest");
const store = globalThis as { [KEY]?: Kept };

export function keep(servers: Kept): void {
  store[KEY] = servers;
}

export function kept(): Kept | undefined {
  return store[KEY];
}
