import { defineNamespaceTests } from "@deepagents-internal/testing/namespace-tests";
import { MemoryFileStore } from "@deepagents-remote/core/adapter";
import { useDatabase } from "./helpers/database.js";
import { tablesOf } from "./helpers/tables.js";

defineNamespaceTests({ storage: tablesOf(useDatabase()), store: new MemoryFileStore(), pairs: 400 });
