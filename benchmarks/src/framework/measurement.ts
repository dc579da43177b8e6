/** Relation of a contender to this project: its own backend, a bare client as the limit, or another project's backend. */
export type Kind = "ours" | "raw" | "peer";

/** Requests and bytes of one operation, as a proxy in front of the store saw them. */
export interface Traffic {
  /** Requests by price class: `write` is PUT, POST, COPY and LIST; `read` is GET and HEAD; `free` is DELETE. */
  readonly requests: Readonly<Record<"write" | "read" | "free", number>>;
  /** Bytes of request bodies. */
  readonly sent: number;
  /** Bytes of response bodies. */
  readonly received: number;
}

/** One way to do the work of a measurement. */
export interface Way {
  readonly name: string;
  readonly kind: Kind;
  readonly run: () => Promise<unknown>;
  /** Prepares each run, untimed. */
  readonly before?: () => Promise<unknown>;
  /** Looks up what the last run did, untimed. Default: the result of the run itself. */
  readonly answer?: () => Promise<unknown>;
}

/** Work that several ways do in turns. Its id is `suite/name`. */
export interface Measurement {
  readonly id: string;
  readonly title: string;
  readonly ways: readonly Way[];
  /** Contenders that cannot do this work, with the reason. */
  readonly notRun?: Readonly<Record<string, string>>;
  /** Number of rounds in which the ways take turns. Default: 7. */
  readonly rounds?: number;
  /** Counts the traffic since the last call. Present if the work goes through a proxy. */
  readonly traffic?: () => Traffic;
}

/** Figures of one way. */
export interface WayResult {
  readonly name: string;
  readonly kind: Kind;
  /** Median of each round, in the unit of the measurement. Empty if the way failed. */
  readonly rounds: readonly number[];
  /** `same` as the first way, `different`, or the error. */
  readonly answer: string;
  readonly traffic?: Traffic;
}

/** Result of a measurement, as stored in `.results/`. */
export interface Result {
  readonly id: string;
  readonly title: string;
  /** Milliseconds per operation, operations per second, or megabytes. */
  readonly unit: "ms" | "ops/s" | "MB";
  readonly ways: readonly WayResult[];
  readonly notRun: Readonly<Record<string, string>>;
}
