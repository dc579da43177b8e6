import { RemoteBackendError } from "@deepagents-remote/core";
import type {
  CallOptions,
  EraseVersionsOptions,
  FileHistory,
  GetOptions,
  Key,
  ListChangesOptions,
  ListOptions,
  PointInTime,
  Snapshot,
  VersionId,
  VersionsOptions,
} from "@deepagents-remote/core/adapter";
import type { Table } from "../rows/table.js";
import { getFilesAt, getVersion, listFilesAt } from "./at.js";
import { listChanged, readChanges } from "./changes.js";
import { erase, withGrant } from "./erase.js";
import { resolvePoint } from "./resolve.js";
import { readVersions } from "./versions.js";

/** History in a table beside that of the files, which a trigger writes. */
export class PostgresHistory implements FileHistory {
  readonly #table: () => Table;

  /** @param table Returns the table as found when the store was opened. */
  constructor(table: () => Table) {
    this.#table = table;
  }

  versions(key: Key, options: VersionsOptions) {
    return this.#read((table) => readVersions(table, key, options));
  }

  getVersion(key: Key, id: VersionId, options: GetOptions) {
    return this.#read(async (table) => orThrow(await getVersion(table, key, id, options)));
  }

  resolve(point: PointInTime, options: CallOptions) {
    return this.#read((table) => resolvePoint(table, point, options));
  }

  getAt(keys: readonly Key[], snapshot: Snapshot, options: GetOptions) {
    return this.#read(async (table) => (await getFilesAt(table, keys, snapshot, options)).map(orThrow));
  }

  listAt(prefix: string, snapshot: Snapshot, options: ListOptions) {
    return this.#pages((table) => listFilesAt(table, prefix, snapshot, options));
  }

  changedSince(prefix: string, snapshot: Snapshot, options: CallOptions) {
    return this.#pages((table) => listChanged(table, prefix, snapshot, options));
  }

  changes(prefix: string, options: ListChangesOptions) {
    return this.#read((table) => readChanges(table, prefix, options));
  }

  erase(key: Key, options: EraseVersionsOptions) {
    return erase(this.#table(), key, options);
  }

  async #read<Answer>(read: (table: Table) => Promise<Answer>): Promise<Answer> {
    const table = this.#table();
    try {
      return await read(table);
    } catch (error) {
      throw withGrant(error, table, "SELECT");
    }
  }

  async *#pages<Page>(list: (table: Table) => AsyncIterable<Page>): AsyncGenerator<Page> {
    const table = this.#table();
    try {
      yield* list(table);
    } catch (error) {
      throw withGrant(error, table, "SELECT");
    }
  }
}

function orThrow<File>(file: File | RemoteBackendError): File {
  if (RemoteBackendError.is(file)) throw file;
  return file;
}
