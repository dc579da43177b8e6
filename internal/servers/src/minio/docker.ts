import { temporaryContainer } from "../docker/container.js";
import { startFromImage } from "../docker/image.js";
import { MINIO_IMAGE } from "../images.js";
import { ownUntilStopped } from "../os/on-exit.js";
import { localAddress } from "./address.js";
import { SETTINGS } from "./settings.js";
import type { MinioOptions, MinioServer } from "./types.js";

const IMAGE = { name: MINIO_IMAGE, variable: "MINIO_IMAGE" };
const PORT = 9000;

/** A server in a container, or why there is none. */
export function startInDocker(options: MinioOptions): Promise<MinioServer | string> {
  return startFromImage(IMAGE, options.log ?? (() => {}), false, (image) => start(image, options));
}

/** testcontainers is loaded only here: it takes as long as a server from a program takes to start. */
async function start(image: string, options: MinioOptions): Promise<MinioServer> {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(image)
    .withCommand(["server", "/data"])
    .withEnvironment(SETTINGS)
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp("/minio/health/ready", PORT))
    .start();
  const running = temporaryContainer(container);
  const port = container.getMappedPort(PORT);
  return {
    ...localAddress(container.getHost(), port),
    source: "docker",
    description: `MinIO in Docker (${image}) on port ${port} (${running.note})`,
    stop: ownUntilStopped(running, options.signals),
  };
}
