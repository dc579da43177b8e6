import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { isOurs } from "./metadata.js";

/** Headers that a new version of an object keeps. Encryption, storage class, ACL, tags and locks are not kept. */
export interface CarriedHeaders
  extends Pick<
    PutObjectCommandInput,
    "CacheControl" | "ContentDisposition" | "ContentLanguage" | "Expires" | "WebsiteRedirectLocation"
  > {
  /** Foreign user metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** `Content-Encoding` of the current bytes. Only an edit keeps it. */
  readonly contentEncoding?: string;
  /** Media type of the current bytes, without parameters. Only an edit keeps it. */
  readonly contentType?: string;
}

const NAMES = ["CacheControl", "ContentDisposition", "ContentLanguage", "WebsiteRedirectLocation"] as const;

/** Default types of objects that were stored without one. */
const NO_TYPE = ["binary/octet-stream", "application/octet-stream"];

/** Reads the headers to keep from the response to a GET or HEAD. */
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

/** Returns the headers that do not depend on the content. */
export const withoutForm = ({
  contentEncoding: _,
  contentType: __,
  ...headers
}: CarriedHeaders): CarriedHeaders => headers;

/** All headers and metadata of an object, for a copy of it. */
export type CopiedHeaders = Pick<
  PutObjectCommandInput,
  (typeof NAMES)[number] | "ContentEncoding" | "ContentType" | "Expires" | "Metadata"
>;

/** Reads all headers from the response to a HEAD. */
export const copiedHeaders = (answer: HeadObjectCommandOutput): CopiedHeaders => ({
  ...Object.fromEntries(
    [...NAMES, "ContentEncoding" as const, "ContentType" as const].flatMap((name) =>
      answer[name] ? [[name, answer[name]]] : [],
    ),
  ),
  ...(!Number.isNaN(Date.parse(answer.ExpiresString ?? "")) && { Expires: new Date(answer.ExpiresString!) }),
  Metadata: answer.Metadata ?? {},
});
