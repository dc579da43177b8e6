import which from "which";

/** Returns the path of a program on PATH. */
export const findProgram = (name: string): string | undefined =>
  which.sync(name, { nothrow: true }) ?? undefined;

/** File name of a program: `minio.exe` on Windows. */
export const programName = (name: string): string => (process.platform === "win32" ? `${name}.exe` : name);
