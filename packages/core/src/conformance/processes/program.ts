/**
 * Program of each process in a race, as the text of an ES module: unlike a separate file, it works the same from
 * sources, from both builds and in any test runner. It answers each message with one message: `{ open: [module, name]
 * }` creates the backend, `{ calls: [[method, ...arguments], ...] }` makes calls in sequence, `{ close: true }`
 * releases the backend. It exits when its parent disconnects.
 */
export const PROGRAM = `
let fixture, backend;

const open = async ([module, name]) => {
  const exported = await import(module);
  const { create } = [exported, exported.default, exported.default?.default].find((some) => some?.create) ?? {};
  if (typeof create !== "function") throw new Error(module + " exports no function create");
  fixture = await create({ name, namespace: [name] });
  backend = "backend" in fixture ? fixture.backend : fixture;
};

const make = async (calls) => {
  const answers = [];
  for (const [method, ...args] of calls) answers.push(await backend[method](...args));
  return answers;
};

const close = async () => {
  if (fixture !== backend) await fixture?.close?.();
};

process.on("disconnect", () => process.exit());
process.on("message", async (message) => {
  try {
    const answer = await (message.open ? open(message.open) : message.calls ? make(message.calls) : close());
    process.send({ answer });
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) });
  }
});
`;
