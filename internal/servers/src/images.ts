/** What Docker runs. The same images are named in `docker-compose.yml`; a test compares them. */
export const POSTGRES_IMAGE = "postgres:17-alpine";

/** The last image that MinIO published. Its repository on Docker Hub is gone. */
export const MINIO_IMAGE = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";
