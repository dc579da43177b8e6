import type { ConformanceCase } from "../case.js";
import { agentAreaCases } from "./agent-areas.js";
import { clashCases } from "./clash.js";
import { deleteCases } from "./delete.js";
import { downloadCases } from "./download.js";
import { editCases } from "./edit.js";
import { editTextCases } from "./edit-text.js";
import { globCases } from "./glob.js";
import { globPatternCases } from "./glob-patterns.js";
import { grepCases } from "./grep.js";
import { grepScopeCases } from "./grep-scope.js";
import { isolationCases } from "./isolation.js";
import { lsCases } from "./ls.js";
import { orderCases } from "./order.js";
import { pathCases } from "./paths.js";
import { refusedPathCases } from "./paths-refused.js";
import { roundTripCases } from "./paths-round-trip.js";
import { raceCases } from "./races.js";
import { editRaceCases } from "./races-edit.js";
import { readCases } from "./read.js";
import { readRawCases } from "./read-raw.js";
import { readWindowCases } from "./read-window.js";
import { shapeCases } from "./shape.js";
import { typeCases } from "./types.js";
import { uploadCases } from "./upload.js";
import { writeCases } from "./write.js";
import { writeBinaryCases } from "./write-binary.js";

/** The suite's table of contents. */
export const allCases: readonly ConformanceCase[] = [
  ...shapeCases,
  ...pathCases,
  ...refusedPathCases,
  ...roundTripCases,
  ...lsCases,
  ...orderCases,
  ...readCases,
  ...readWindowCases,
  ...readRawCases,
  ...typeCases,
  ...writeCases,
  ...writeBinaryCases,
  ...editCases,
  ...editTextCases,
  ...grepCases,
  ...grepScopeCases,
  ...globPatternCases,
  ...globCases,
  ...deleteCases,
  ...uploadCases,
  ...downloadCases,
  ...clashCases,
  ...agentAreaCases,
  ...isolationCases,
  ...raceCases,
  ...editRaceCases,
];
