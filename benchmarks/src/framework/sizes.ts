/** Amounts of work. */
export interface Sizes {
  /** Files of the corpus in PostgreSQL. */
  readonly files: number;
  /** Files of the corpus in S3, by latency in milliseconds. */
  readonly objects: Readonly<Record<string, number>>;
  /** Files that one call uploads, and downloads. */
  readonly batch: number;
  /** Files in one flat directory. */
  readonly flat: number;
  /** Files of a subtree that is deleted. */
  readonly subtree: number;
  /** Bytes of edited files. */
  readonly edits: readonly number[];
  /** Bytes of the file of which a window is read. */
  readonly large: number;
  /** Large logs beside the searched files, and their bytes. */
  readonly logs: { readonly count: number; readonly bytes: number };
  /** Numbers of concurrent agents, and operations of all agents together. */
  readonly agents: readonly number[];
  readonly operations: number;
  /** Numbers of files whose growth is measured; other projects' backends take part up to `peers`. */
  readonly growth: readonly number[];
  readonly peers: number;
  /** Largest number of objects whose growth is measured on S3. */
  readonly growthS3: number;
}

const KB = 1024;
const MB = 1024 * KB;

export const SIZES: Sizes = {
  files: 10_000,
  objects: { 0: 2_000, 10: 500, 40: 200 },
  batch: 1_000,
  flat: 10_000,
  subtree: 10_000,
  edits: [4 * KB, 400 * KB, 10 * MB],
  large: 100 * MB,
  logs: { count: 100, bytes: 20 * MB },
  agents: [1, 10, 50, 200],
  operations: 2_000,
  growth: [1_000, 10_000, 100_000, 1_000_000],
  peers: 10_000,
  growthS3: 10_000,
};

/** A run of a few minutes that shows that everything works. */
export const QUICK: Sizes = {
  files: 1_000,
  objects: { 0: 200, 10: 50 },
  batch: 100,
  flat: 500,
  subtree: 500,
  edits: [4 * KB, 400 * KB],
  large: 10 * MB,
  logs: { count: 3, bytes: 5 * MB },
  agents: [1, 10],
  operations: 200,
  growth: [1_000, 10_000],
  peers: 1_000,
  growthS3: 1_000,
};
