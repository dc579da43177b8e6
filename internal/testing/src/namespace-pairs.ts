type Namespace = readonly string[];

/** Parts of names that an encoding may handle incorrectly. */
const PIECES = [
  "acme",
  "bob@example.org",
  "/",
  ".",
  "..",
  "%",
  "%2F",
  "%2E",
  "\u00e9",
  "e\u0301",
  "A",
  "a",
  "0",
  "-corp",
  "_",
  " ",
  "\\",
  "*",
  "~",
  "'",
  "\u0000",
  "\n",
  "\u007f",
  "\u6f22",
  "\u{1f600}",
];

/** Returns a seeded generator of numbers from 0 to 1, so that failures are reproducible. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Creates pairs of different namespaces of the same depth, 1 to 3, most of them nearly identical. */
export function pairsOfNamespaces(count: number): [Namespace, Namespace][] {
  const random = randomNumbers(1);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const component = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => one(PIECES)).join("");

  const alike: ((name: string) => string)[] = [
    (name) => name + one(PIECES),
    (name) => one(PIECES) + name,
    (name) => [...name].slice(0, -1).join(""),
    (name) => name.toUpperCase(),
    (name) => name.normalize("NFC"),
    (name) => name.normalize("NFD"),
    (name) => name.trim(),
    (name) => `${name} `,
    (name) => `${name}.`,
    (name) => encodeURIComponent(name),
    (name) => name.replaceAll("/", "%2F"),
    (name) => name.replaceAll("%2F", "/"),
    (name) => name.replaceAll("/", "\\"),
    (name) => name.replaceAll("%", "%25"),
    (name) => name.replaceAll(".", "%2E"),
    () => component(),
  ];

  const twin = (namespace: Namespace): Namespace => {
    const at = Math.floor(random() * namespace.length);
    return namespace.map((name, i) => (i === at ? one(alike)(name) : name));
  };
  /** Splits the same text at different positions. */
  const shifted = (): [Namespace, Namespace] => {
    const [a, b, c] = [component(), component(), component()];
    return [
      [`${a}/${b}`, c],
      [a, `${b}/${c}`],
    ];
  };

  const pairs: [Namespace, Namespace][] = [];
  while (pairs.length < count) {
    const namespace = Array.from({ length: 1 + Math.floor(random() * 3) }, component);
    const pair: [Namespace, Namespace] = random() < 0.1 ? shifted() : [namespace, twin(namespace)];
    const isPair =
      pair.flat().every((name) => name !== "") && JSON.stringify(pair[0]) !== JSON.stringify(pair[1]);
    if (isPair) pairs.push(pair);
  }
  return pairs;
}
