import { exampleServers, type ServerName } from "./servers.js";

/** Examples of `npm run example`, with the servers that they need and a description. */
const EXAMPLES: Record<string, { needs: ServerName[]; shows: string }> = {
  s3_deep_agent: { needs: ["s3"], shows: "an agent with files in S3: streaming, a tool of its own" },
  postgres_deep_agent: { needs: ["postgres"], shows: "agents and sub-agents that share a workspace" },
  composite_backend: { needs: ["postgres", "s3"], shows: "one agent, three storages by path" },
  many_tenants: { needs: ["postgres"], shows: "one agent for many users, by the run's config" },
  time_travel: { needs: ["postgres"], shows: "files that go back with their thread" },
  custom_backend: { needs: [], shows: "a backend of one's own, on SQLite, in 150 lines" },
  basic_usage: { needs: ["postgres", "s3"], shows: "every method of a backend, without an agent" },
};

// Suppresses the AWS SDK's long warning on Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const [name = "", ...others] = process.argv.slice(2);
const example = Object.hasOwn(EXAMPLES, name) && others.length === 0 ? EXAMPLES[name] : undefined;
if (example) await run(name, example.needs);
else list();

/** Runs an example, which takes the servers from the environment. */
async function run(example: string, needs: ServerName[]): Promise<void> {
  const servers = await exampleServers(needs).catch((error: Error) => {
    console.error(error.message);
    process.exit(1); // also stops the servers that were started
  });
  Object.assign(process.env, servers.env);
  try {
    await import(`./${example}.ts`);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    await servers.stop();
  }
}

function list(): void {
  console.error("usage: npm run example <name>, where name is one of\n");
  for (const [each, { shows }] of Object.entries(EXAMPLES)) console.error(`  ${each.padEnd(22)}${shows}`);
  process.exitCode = 2;
}
