/**
 * A Deep Agent with its files in S3. Streams its steps, and has a custom tool that works on the same files.
 *
 *     npm run example s3_deep_agent
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { S3Backend, type S3BackendOptions } from "@deepagents-remote/backend-s3";
import { ToolMessage } from "@langchain/core/messages";
import { createDeepAgent } from "deepagents";
import { tool } from "langchain";
import { z } from "zod";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

const options: S3BackendOptions = {
  bucket: process.env.S3_BUCKET ?? "deepagents",
  prefix: "examples/s3_deep_agent",
  createBucket: true,
  writeMode: "guarded", // write_file replaces a file only after it was read
  // For AWS, omit the rest: the SDK finds region, credentials and role.
  endpointUrl: process.env.S3_ENDPOINT ?? "http://localhost:9000",
  accessKeyId: process.env.S3_ACCESS_KEY_ID ?? "minioadmin",
  secretAccessKey: process.env.S3_SECRET_ACCESS_KEY ?? "minioadmin",
};

const TASK = `Write a TypeScript module with the functions add and divide to /src/calculator.ts.
Then edit divide so that it throws a RangeError for a divisor of 0.
Last, write what the tool checksum says of /src/calculator.ts, and nothing else, to /checksums.txt.`;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const backend = new S3Backend(options);
try {
  await backend.delete("/"); // files of an earlier run

  const checksum = tool(
    async ({ path }) => {
      const [file] = await backend.downloadFiles([path]);
      return file?.content ? `${sha256(file.content)}  ${path}` : `Error: ${path}: ${file?.error}`;
    },
    {
      name: "checksum",
      description: "Tells the SHA-256 of a file, as `sha256sum` does.",
      schema: z.object({ path: z.string().describe("Absolute path of the file") }),
    },
  );

  const agent = createDeepAgent({
    model: await exampleModel(script), // yours: "anthropic:claude-sonnet-4-6"
    backend,
    tools: [checksum],
    systemPrompt: "You are a careful programmer. Your files persist in S3.",
  });

  const task = { messages: [{ role: "user" as const, content: TASK }] };
  for await (const [message] of await agent.stream(task, { streamMode: "messages" })) {
    if (ToolMessage.isInstance(message)) console.log(`\n  ${message.name}: ${message.text.split("\n")[0]}`);
    else process.stdout.write(message.text); // token by token, if the model streams
  }
} finally {
  await backend.close();
}

// The files are in the bucket, where another backend, perhaps in another process, finds them.
const other = new S3Backend(options);
try {
  const { content, totalLines } = await other.read("/src/calculator.ts");
  assert.match(String(content), /RangeError/);
  const [module] = await other.downloadFiles(["/src/calculator.ts"]);
  const checksums = await other.read("/checksums.txt");
  assert.match(String(checksums.content), new RegExp(sha256(module!.content!)));
  console.log(`\n/src/calculator.ts has ${totalLines} lines in s3://${options.bucket}/${options.prefix}/.`);
} finally {
  await other.close();
}

/** Steps of the agent if no real model is available. */
function* script(): Script {
  const path = "/src/calculator.ts";
  const add = "export const add = (a: number, b: number) => a + b;";
  const divide = "export const divide = (a: number, b: number) => a / b;";
  yield {
    say: "The module first.",
    tool: "write_file",
    args: { file_path: path, content: `${add}\n${divide}\n` },
  };
  const checked = `export function divide(a: number, b: number) {
  if (b === 0) throw new RangeError("The divisor must not be 0.");
  return a / b;
}`;
  yield {
    say: "Now divide refuses 0.",
    tool: "edit_file",
    args: { file_path: path, old_string: divide, new_string: checked },
  };
  const sum = yield { say: "The checksum is for a tool.", tool: "checksum", args: { path } };
  yield { tool: "write_file", args: { file_path: "/checksums.txt", content: `${sum}\n` } };
  return "The module and its checksum are written.";
}
