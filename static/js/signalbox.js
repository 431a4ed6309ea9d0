import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startLog } from "./log.js";
import { startForms } from "./forms.js";
import { startClocks } from "./clocks.js";
import { startPlan } from "./plan.js";
import { startErrors } from "./errors.js";

startClocks();
startErrors();
startForms();
startKeys();
startLog();
startPlan();
if ("live" in document.body.dataset) startLive();
