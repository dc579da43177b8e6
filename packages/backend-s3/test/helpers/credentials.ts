import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { TestBucket } from "./bucket.js";

/** Resource of an action: the bucket itself, or the objects in it. */
const resourceOf = (name: string, action: string) =>
  `arn:aws:s3:::${name}${action.includes("Bucket") ? "" : "/*"}`;

/**
 * Temporary credentials that allow these actions in a bucket, and nothing else.
 * @param denied Actions to deny explicitly: to MinIO, some actions include others.
 */
export async function credentialsFor(
  { name, connection }: TestBucket,
  actions: readonly string[],
  denied: readonly string[] = [],
) {
  const { endpointUrl: endpoint, region, ...credentials } = connection;
  const sts = new STSClient({ endpoint, region, credentials });
  const statement = (Effect: string) => (Action: string) => ({
    Effect,
    Action,
    Resource: resourceOf(name, Action),
  });
  const statements = [...actions.map(statement("Allow")), ...denied.map(statement("Deny"))];
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      // MinIO takes any.
      RoleArn: "arn:aws:iam::123456789012:role/test",
      RoleSessionName: "test",
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    }),
  );
  sts.destroy();
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}
