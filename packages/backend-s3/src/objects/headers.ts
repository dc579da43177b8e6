import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { isOurs } from "./metadata.js";

/** Headers of an object that a new version of it keeps. Encryption, storage class, ACL, tags and locks are not among them. */
export interface CarriedHeaders
  extends Pick<
    PutObjectCommandInput,
    "CacheControl" | "ContentDisposition" | "ContentLanguage" | "Expires" | "WebsiteRedirectLocation"
  > {
  /** User metadata that is not ours. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Content-Encoding of these bytes: only an edit keeps it. */
  readonly contentEncoding?: string;
  /** Media type without parameters, of these bytes as well. */
  readonly contentType?: string;
}

const NAMES = ["CacheControl", "ContentDisposition", "ContentLanguage", "WebsiteRedirectLocation"] as const;

/** Types that only say that nobody gave one. */
const NO_TYPE = ["binary/octet-stream", "application/octet-stream"];

/** Reads what the answer to a GET or HEAD says of an object beside its content. */
export function carriedHeaders(answer: GetObjectCommandOutput | HeadObjectCommandOutput): CarriedHeaders {
  const { ContentEncoding, ContentType, ExpiresString, Metadata = {} } = answer;
  const foreign = Object.entries(Metadata).filter(([name]) => !isOurs(name));
  const expires = new Date(ExpiresString ?? "");
  const type = ContentType?.split(";")[0]?.trim().toLowerCase();
  return {
    ...Object.fromEntries(NAMES.flatMap((name) => (answer[name] ? [[name, answer[name]]] : []))),
    ...(!Number.isNaN(expires.getTime()) && { Expires: expires }),
    ...(foreign.length > 0 && { metadata: Object.fromEntries(foreign) }),
    ...(ContentEncoding && { contentEncoding: ContentEncoding }),
    ...(type && !NO_TYPE.includes(type) && { contentType: type }),
  };
}

/** Headers that suit other content as well. */
export const withoutForm = ({
  contentEncoding: _,
  contentType: __,
  ...headers
}: CarriedHeaders): CarriedHeaders => headers;
