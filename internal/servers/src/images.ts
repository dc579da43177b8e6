/** Image that Docker runs, and the environment variable that names another one to take instead. */
export interface Image {
  name: string;
  variable: string;
}

// `docker-compose.yml` names the first two as well; a test compares them.
export const POSTGRES_IMAGE: Image = { name: "postgres:17-alpine", variable: "POSTGRES_IMAGE" };

/** The last image that MinIO published. Its repository on Docker Hub is gone. */
export const MINIO_IMAGE: Image = {
  name: "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
  variable: "MINIO_IMAGE",
};

export const PGBOUNCER_IMAGE: Image = { name: "edoburu/pgbouncer:v1.25.2-p0", variable: "PGBOUNCER_IMAGE" };
