/**
 * Why a service could not be reached, by the code of Node's error: words behind "cannot be reached: ". Nothing was sent
 * then, so a change was not made either.
 * @see https://man7.org/linux/man-pages/man3/errno.3.html and getaddrinfo.3.html there
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name could not be looked up",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its network cannot be reached",
};
