import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach } from "@jest/globals";
import { freePort } from "../../src/os/free-port.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Something that listens where a server would, until the end of the test. Answers `host:port`. */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return `127.0.0.1:${port}`;
}

/** A Docker engine that answers, and can run nothing. */
export async function listenAsBrokenEngine(): Promise<string> {
  const host = await listen((request, answer) =>
    answer.writeHead(request.url?.endsWith("/_ping") ? 200 : 500).end("no"),
  );
  return `tcp://${host}`;
}
