export {
  DEFAULT_MAX_FILE_BYTES,
  DEFAULT_OPERATION_TIMEOUT_MS,
  otherRemoteBackendOptionNames,
  pickRemoteBackendOptions,
  remoteBackendOptionRules,
} from "./backend/options.js";
export { pauseMs } from "./backend/retry.js";
export {
  decodeContent,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  toLineArray,
} from "./content/codec.js";
export { byteLength, decodeUtf8, isBinaryUpload, toBytes } from "./content/content.js";
export {
  BytesSink,
  type ContentSink,
  decodeEnvelopeSlices,
  decodeLinesSlices,
  encodeEnvelopeInSlices,
  encodeLinesInSlices,
} from "./content/envelope-slices.js";
export { isBinaryName, isTextMimeType, mimeTypeOf } from "./content/mime.js";
export { type Downloaded, download, upload } from "./copy/transfer.js";
export { ByteBudget } from "./store/byte-budget.js";
export { directoriesOf } from "./store/directories.js";
export type * from "./store/file-history.js";
export type * from "./store/file-store.js";
export { HealthReport } from "./store/health-report.js";
export { keyAfter, prefixEnd } from "./store/key-order.js";
export { layer } from "./store/layer.js";
export { LostAnswer } from "./store/lost-answer.js";
export { MemoryFileStore } from "./store/memory-file-store.js";
export type * from "./store/origin.js";
export { unknownPoint } from "./store/unknown-point.js";
export { UNREACHABLE } from "./store/unreachable.js";
export { chainWriteIds, MAX_WRITE_IDS } from "./store/write-ids.js";
export { BoundedMap } from "./support/bounded-map.js";
export { checkOptions, refuseOptions } from "./support/check-options.js";
export { describeValue } from "./support/describe-value.js";
export type { OptionRule } from "./support/option-rules.js";
export * as optionRules from "./support/option-rules.js";
export { type CallTime, filterPaced, nextTurn } from "./support/pace.js";
export { Semaphore } from "./support/semaphore.js";
export { settingsDigest } from "./support/settings-digest.js";
export { type Lease, SharedResources } from "./support/shared-resources.js";
export { cutLine, type FoundLine, takeLines, takeLinesInSlices } from "./text/find-lines.js";
export {
  BLOCK_BYTES,
  countNewlines,
  cutBlocks,
  findBlocks,
  indexLines,
  isLineIndex,
  type LineIndex,
  NEWLINE,
} from "./text/line-index.js";
export { cutLineArray, cutLines, cutTextInSlices, type LineWindow } from "./text/lines.js";
export { compareCodePoints } from "./text/order.js";
export { SLICE, utf8Slices } from "./text/slices.js";
export {
  decodeUtf8InSlices,
  decodeUtf8Slices,
  encodeInSlices,
  fromUploadInSlices,
  isUtf8InSlices,
  joinChunks,
  joinUtf8,
} from "./text/utf8.js";
