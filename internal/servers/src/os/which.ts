import which from "which";

/** The program of that name on PATH, with its folder. */
export const findProgram = (name: string): string | undefined =>
  which.sync(name, { nothrow: true }) ?? undefined;

/** File name of a program: `minio.exe` on Windows. */
export const programName = (name: string): string => (process.platform === "win32" ? `${name}.exe` : name);
