import { defineRefusedPathTests } from "@deepagents-internal/testing";
import { useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

defineRefusedPathTests(tablesOf(useDatabase()), 1_024);
