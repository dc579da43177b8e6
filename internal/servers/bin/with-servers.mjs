#!/usr/bin/env node
import { withServers } from "../dist/with-servers.js";

await withServers(process.argv.slice(2));
