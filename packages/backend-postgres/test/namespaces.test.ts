import { defineNamespaceTests } from "@deepagents-internal/testing/namespace-tests";
import { MemoryStore } from "@deepagents-remote/core";
import { useDatabase } from "./helpers/database.js";
import { tablesOf } from "./helpers/tables.js";

defineNamespaceTests({ storage: tablesOf(useDatabase()), store: new MemoryStore(), pairs: 400 });
