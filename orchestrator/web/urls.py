"""The dashboard's addresses."""

from __future__ import annotations

from django.urls import path, register_converter

from orchestrator.web.converters import StepKey
from orchestrator.web.frame import show_frame
from orchestrator.web.views import agents, decisions, dispatch, plans, runs, signing_in, starting, steps, system

register_converter(StepKey, "step_key")
run = "runs/<int:run_id>/"
step = f"{run}steps/<step_key:key>/"
decision = "decisions/<int:decision_id>/"

urlpatterns = [
    path("", runs.inbox, name="inbox"),
    path("frame/", show_frame, name="frame"),
    path("system/", system.system, name="system"),
    path("system/setups/<int:project_id>/<str:key>/remove/", system.remove_cache, name="remove-cache"),
    path("vault/<int:project_id>/<str:key>/", system.vault, name="vault"),
    path("sign-in/", signing_in.sign_in, name="signin"),
    path("sign-in/<str:token>/", signing_in.use_link, name="signin-link"),
    path("sign-out/", signing_in.sign_out, name="signout"),
    path("start/", starting.start, name="start"),
    path("projects/add/", starting.add, name="project-add"),
    path("projects/<slug:name>/agents/", agents.agents, name="agents"),
    path("plans/", plans.plans, name="plans"),
    path("plans/read/", plans.read, name="plan-read"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("plans/<int:plan_id>/dialect/", plans.dialect, name="plan-dialect"),
    path("runs/", runs.runs, name="runs"),
    path(run, runs.run, name="run"),
    path(f"{run}changes", runs.changes, name="changes"),
    path(f"{run}pause/", runs.pause, name="pause"),
    path(f"{run}resume/", runs.resume, name="resume"),
    path(f"{run}abort/", runs.abort, name="abort"),
    path(f"{run}git/", runs.switch_git, name="git"),
    path(f"{run}publish/", runs.publish, name="publish"),
    path(f"{run}dispatch/", dispatch.dispatch, name="dispatch"),
    path(f"{run}batches/<int:number>/", runs.batch, name="batch"),
    path(f"{run}report/", runs.report, name="report"),
    path(f"{run}report.md", runs.report_markdown, name="report-markdown"),
    path(f"{run}report.json", runs.report_json, name="report-json"),
    path(step, steps.step, name="step"),
    path(f"{step}assign/", dispatch.assign, name="assign"),
    path(f"{step}log/", steps.log, name="step-log"),
    path(f"{step}log/<int:dispatch_id>/", steps.log_blocks, name="log-blocks"),
    path(f"{step}log/<int:dispatch_id>/raw", steps.log_raw, name="log-raw"),
    path(f"{step}diff/", steps.diff, name="step-diff"),
    path(f"{step}evidence/", steps.evidence, name="step-evidence"),
    path(f"{step}evidence/<int:artifact_id>/", steps.artifact, name="artifact"),
    path(f"{step}done/", steps.hand_in, name="hand-in"),
    path(f"{step}give-back/", steps.give_back, name="give-back"),
    path(decision, decisions.decision, name="decision"),
    path(f"{decision}preview/", decisions.preview, name="preview"),
    path(f"{decision}undo/", decisions.undo, name="undo"),
    path(f"{decision}now/", decisions.now, name="now"),
]
