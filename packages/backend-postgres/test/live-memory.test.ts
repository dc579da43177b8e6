import { fileURLToPath } from "node:url";
import { liveMemoryTests } from "@deepagents-internal/testing/live-memory-tests";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
const fixture = fileURLToPath(new URL("fixtures/live-memory.mjs", import.meta.url));

liveMemoryTests(fixture, () => ({ url: database.url }));
