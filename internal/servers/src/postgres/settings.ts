/**
 * What a server that was started here is told. It listens on the loopback address only and makes no socket
 * file, so that nothing but this machine reaches it and no folder has to be shared.
 */
export function settings(port: number, durable: boolean): string[] {
  const all: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 300,
    logging_collector: "off",
    ...(durable ? {} : NOT_DURABLE),
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** A test's data need not survive a power failure. Concurrency and visibility stay as they are. */
export const NOT_DURABLE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
