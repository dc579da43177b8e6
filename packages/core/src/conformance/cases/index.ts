import type { ConformanceCase } from "../case.js";
import { agentAreaCases } from "./agent-areas.js";
import { deadConnectionCases } from "./dead-connections.js";
import { deleteCases } from "./delete.js";
import { directoryCases } from "./directories.js";
import { downloadCases } from "./download.js";
import { editCases } from "./edit.js";
import { editTextCases } from "./edit-text.js";
import { globCases } from "./glob.js";
import { globPatternCases } from "./glob-patterns.js";
import { grepCases } from "./grep.js";
import { grepScopeCases } from "./grep-scope.js";
import { guardedCases } from "./guarded.js";
import { historyCases } from "./history/index.js";
import { hostCases } from "./host/index.js";
import { isolationCases } from "./isolation.js";
import { limitCases } from "./limits.js";
import { lookAlikeCases } from "./look-alikes.js";
import { lostAnswerCases } from "./lost-answers.js";
import { guardedLostAnswerCases } from "./lost-answers-guarded.js";
import { lsCases } from "./ls.js";
import { modelCases } from "./model.js";
import { orderCases } from "./order.js";
import { outageCases } from "./outage.js";
import { outageEndCases } from "./outage-end.js";
import { pathConflictCases } from "./path-conflicts.js";
import { pathCases } from "./paths.js";
import { refusedPathCases } from "./paths-refused.js";
import { roundTripCases } from "./paths-round-trip.js";
import { processCases } from "./processes.js";
import { raceCases } from "./races.js";
import { editRaceCases } from "./races-edit.js";
import { readCases } from "./read.js";
import { readOutageCases } from "./read-outage.js";
import { readRawCases } from "./read-raw.js";
import { readWindowCases } from "./read-window.js";
import { shapeCases } from "./shape.js";
import { typeCases } from "./types.js";
import { detectedTypeCases } from "./types-detected.js";
import { uploadCases } from "./upload.js";
import { writeCases } from "./write.js";
import { writeBinaryCases } from "./write-binary.js";

/** All cases of the suite, in order. */
export const allCases: readonly ConformanceCase[] = [
  ...shapeCases,
  ...pathCases,
  ...refusedPathCases,
  ...roundTripCases,
  ...lookAlikeCases,
  ...lsCases,
  ...orderCases,
  ...readCases,
  ...readWindowCases,
  ...readRawCases,
  ...typeCases,
  ...detectedTypeCases,
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
  ...pathConflictCases,
  ...directoryCases,
  ...limitCases,
  ...agentAreaCases,
  ...guardedCases,
  ...isolationCases,
  ...historyCases,
  ...raceCases,
  ...editRaceCases,
  ...processCases,
  ...hostCases,
  ...modelCases,
  ...outageCases,
  ...outageEndCases,
  ...readOutageCases,
  ...deadConnectionCases,
  ...lostAnswerCases,
  ...guardedLostAnswerCases,
];
