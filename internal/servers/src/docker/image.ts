import { dockerAnswers } from "./engine.js";

/** An image, and the environment variable that names another one to take instead. */
export interface Image {
  name: string;
  variable: string;
}

/**
 * Starts a server from an image, or answers why Docker has none: no engine answers, or it could not run the
 * image. In the latter case a line says so; with the variable set it is an error, since somebody wants just
 * that image.
 * @param insist whether it is an error in any case
 */
export async function startFromImage<Server>(
  { name, variable }: Image,
  log: (line: string) => void,
  insist: boolean,
  start: (image: string) => Promise<Server>,
): Promise<Server | string> {
  const wanted = process.env[variable];
  if (!(await dockerAnswers())) {
    if (wanted) log(`${variable} is set, but no Docker engine answers: ${wanted} is not used`);
    return "no Docker engine answers";
  }
  const image = wanted || name;
  log(`starting ${image} in Docker (the first time it is downloaded)`);
  try {
    return await start(image);
  } catch (error) {
    if (wanted || insist) throw error;
    const why = `Docker could not run ${image}: ${(error as Error).message}`;
    log(why);
    return why;
  }
}
