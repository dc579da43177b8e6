/**
 * Reasons why a service could not be reached, by Node's error code, to follow "cannot be reached: ". These errors occur
 * before anything is sent, so no change was made.
 * @see https://man7.org/linux/man-pages/man3/errno.3.html and getaddrinfo.3.html there
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name could not be looked up",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its network cannot be reached",
};
