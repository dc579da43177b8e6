/**
 * Keeps a server for the processes that use it. Each user holds a connection: the first one a pipe (descriptor 3), the
 * others a TCP connection. When the last one closes, which the operating system does for a killed process too, this
 * process ends the server and removes its folder.
 *
 * The first user sends commands, one at a time: a JSON object in one line (`Command` in src/os/keeper.ts, and `log`). Each
 * is answered by a line that says how it ended.
 *
 * usage: keeper.mjs [folder to remove at the end]
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { createInterface } from "node:readline";

/** Time that a signal has to end the command before the next one is sent. */
const GRACE_MS = 30_000;

// `killall node` ends tests. What they started ends by its keeper.
process.title = "server-keeper";

const [folder] = process.argv.slice(2);
const users = new Set();
const door = createServer({ allowHalfOpen: true }, (socket) => {
  admit(socket);
  socket.write("welcome\n");
});
let running = { command: {}, child: undefined, ended: Promise.resolve() };
let listening;
let isEnding = false;

const first = admit(new Socket({ fd: 3, allowHalfOpen: true }));
createInterface({ input: first }).on("line", (line) => run(JSON.parse(line)));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);

/** @param {Socket} user */
function admit(user) {
  users.add(user);
  return user
    .on("error", () => {})
    .on("end", () => leave(user))
    .on("close", () => leave(user))
    .resume();
}

/** The last user's connection stays open until all is over. */
function leave(user) {
  if (!users.delete(user)) return;
  if (users.size > 0) user.end();
  else end();
}

function run(command) {
  const ended = new Promise((resolve) => {
    const log = openSync(command.log, "w");
    try {
      const child = spawn(command.path, command.parameters, {
        ...command.options,
        detached: true,
        windowsHide: true,
        stdio: ["ignore", log, log],
      });
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      running = { command, child };
    } catch (error) {
      resolve(error.message);
    } finally {
      closeSync(log);
    }
  });
  running.ended = ended;
  ended.then((how) => first.write(`${how}\n`));
  if (command.share) share(command.share);
}

/** Writes the file by which other processes become users. */
async function share({ note, port }) {
  listening ??= once(door.listen(0, "127.0.0.1"), "listening");
  await listening;
  writeFileSync(note, JSON.stringify({ port, door: door.address().port }));
}

function end() {
  if (isEnding) return;
  isEnding = true;
  clear().finally(() => process.exit());
}

async function clear() {
  const { command, child, ended } = running;
  door.close();
  if (command.share) rmSync(command.share.note, { force: true });
  for (const signal of [...(command.signals ?? []), "SIGKILL"]) {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
    kill(child, signal);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
  }
  if (command.cleanUp) spawnSync(command.cleanUp[0], command.cleanUp.slice(1), { stdio: "ignore" });
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** SIGKILL is for all processes of the command. A server passes the other signals on as it likes. */
function kill(child, signal) {
  try {
    if (signal === "SIGKILL" && process.platform !== "win32") process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended in the meantime.
  }
}
