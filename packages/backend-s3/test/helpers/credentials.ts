import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { TestBucket } from "./bucket.js";

/** What an action is allowed on: the bucket itself, or what is in it. */
const resourceOf = (name: string, action: string) =>
  `arn:aws:s3:::${name}${action === "s3:ListBucket" ? "" : "/*"}`;

/** Temporary credentials that allow these actions in a bucket, and nothing else. */
export async function credentialsFor({ name, connection }: TestBucket, actions: readonly string[]) {
  const { endpointUrl: endpoint, region, ...credentials } = connection;
  const sts = new STSClient({ endpoint, region, credentials });
  const statements = actions.map((Action) => ({
    Effect: "Allow",
    Action,
    Resource: resourceOf(name, Action),
  }));
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
