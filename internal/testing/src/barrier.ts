/** Creates a function that resolves for all callers once `count` of them have reached the same turn. */
export function barrier(count: number): (turn: number) => Promise<void> {
  const turns = new Map<number, { come: number; open: () => void; gate: Promise<void> }>();
  return (turn) => {
    let here = turns.get(turn);
    if (!here) {
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      here = { come: 0, open, gate };
      turns.set(turn, here);
    }
    if (++here.come === count) here.open();
    return here.gate;
  };
}
