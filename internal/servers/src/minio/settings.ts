import { ROOT } from "./address.js";

/** What a server that was started here is told. It asks nobody for updates and brings no console. */
export const SETTINGS = {
  MINIO_ROOT_USER: ROOT.user,
  MINIO_ROOT_PASSWORD: ROOT.password,
  MINIO_BROWSER: "off",
  MINIO_UPDATE: "off",
};

/** The environment of a server process: settings of another MinIO are not for this one. */
export function environmentFor(home: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^_?MINIO_/i.test(name));
  // It makes a folder `.minio` in the home folder, and would take certificates that are there.
  return { ...Object.fromEntries(others), ...SETTINGS, HOME: home, USERPROFILE: home };
}
