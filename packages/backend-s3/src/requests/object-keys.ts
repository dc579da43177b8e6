/** Returns the decoder for object keys. A store may ignore the requested encoding, and reports whether it used it. */
export const decoderOf = ({ EncodingType }: { readonly EncodingType?: string | undefined }) =>
  EncodingType === "url" ? decodeObjectKey : (objectKey: string | undefined) => objectKey;

/** Decodes an object key. Some stores encode a space as `+`, others as `%20`. */
function decodeObjectKey(encoded: string | undefined): string | undefined {
  try {
    return encoded && decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    // Not UTF-8, so no path can name it.
    return undefined;
  }
}
