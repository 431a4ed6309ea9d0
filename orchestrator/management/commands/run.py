"""manage.py run start|show|approve|watch|pause|resume|abort|done|give-back|report: one run from the terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from orchestrator import queries, reports, wake
from orchestrator.actions import git_mode, handing, runs
from orchestrator.actions.projects import find_project
from orchestrator.engine import worker
from orchestrator.engine.receipts import tree_of
from orchestrator.engine.recover import Sweep
from orchestrator.exceptions import PersonError
from orchestrator.management.person import PersonCommand, person
from orchestrator.markdown import markdown
from orchestrator.models import Run

NO_WORKER = "No worker is alive. Start one with make up, or do the work here: manage.py run watch {run} --work"


class Command(PersonCommand):
    help = "Start a run of a plan, approve it, watch it, and hand in the steps that are yours."

    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        start = add("start", "read a plan, compile it and offer it for approval")
        start.add_argument("plan", nargs="?", default="", help="the plan's path (default: the only one there is)")
        start.add_argument("--project", required=True)
        start.add_argument("--profile", default="blueprint")
        start.add_argument("--runner", default="anthropic_api", help="anthropic_api or person")
        start.add_argument("--reviewer", default="", help="with --runner person: who reviews (anthropic_api)")
        start.add_argument("--git", default="", help="engine: one commit per step; user: you commit")
        start.add_argument("--scope", default="", help='for example "3-5" or "skip 2"')
        start.add_argument("--branch", default="", help="the branch to publish to")
        plain = {"show": "show a run", "resume": "go on with a paused run", "report": "print the report"}
        for name, text in plain.items():
            add(name, text).add_argument("run", type=int)
        approve = add("approve", "approve what `run show` shows")
        approve.add_argument("run", type=int)
        approve.add_argument("--digest", default="", help="approve only if this is still the receipt's digest")
        approve.add_argument("--git", default="")
        approve.add_argument("--scope", default=None)
        git = add("git", "let the next step be committed the other way")
        git.add_argument("run", type=int)
        git.add_argument("mode", choices=("engine", "user"))
        watch = add("watch", "follow a run until it ends or needs a person")
        watch.add_argument("run", type=int)
        watch.add_argument("--work", action="store_true", help="do the run's work in this process")
        pause = add("pause", "pause a run")
        pause.add_argument("run", type=int)
        pause.add_argument("--after", choices=("now", "step", "batch"), default="now")
        abort = add("abort", "stop a run for good")
        abort.add_argument("run", type=int)
        abort.add_argument("--reason", default="")
        done = add("done", "hand in the step that is yours")
        done.add_argument("run", type=int)
        done.add_argument("--note", default="")
        back = add("give-back", "give back the step that is yours, without a result")
        back.add_argument("run", type=int)
        back.add_argument("--note", default="")

    def do_start(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        names = ("plan", "profile", "runner", "reviewer", "git", "scope", "branch")
        wish = runs.Wish(**{name: options[name] for name in names})
        run = runs.start(find_project(options["project"]), wish, actor, user)
        self._show(run, options)

    def do_show(self, options: dict[str, Any]) -> None:
        self._show(runs.find_run(options["run"]), options)

    def do_approve(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        run = runs.find_run(options["run"])
        run = runs.approve(run, actor, user, digest=options["digest"], git=options["git"], scope=options["scope"])
        self.out(
            options, queries.run_as_dict(run), f"Run {run.pk} is approved. Follow it: manage.py run watch {run.pk}"
        )

    def do_pause(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        runs.pause(runs.find_run(options["run"]), actor, options["after"])
        self._state(options)

    def do_resume(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        edits = runs.resume(runs.find_run(options["run"]), actor, user)
        if edits is not None and not options["json"]:
            print("\n".join(reports.drift_lines(edits.as_dict())))
        self._state(options)

    def do_abort(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        runs.abort(runs.find_run(options["run"]), actor, options["reason"])
        self._state(options)

    def do_git(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        git_mode.switch(runs.find_run(options["run"]), options["mode"], actor, user)
        self._state(options)

    def do_done(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        handing.hand_in(self._handed(options), actor, options["note"])
        self._state(options)

    def do_give_back(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        handing.give_back(self._handed(options), actor, options["note"])
        self._state(options)

    def do_report(self, options: dict[str, Any]) -> None:
        value = reports.report(runs.find_run(options["run"]))
        self.out(options, value, markdown(value))

    def do_watch(self, options: dict[str, Any]) -> None:
        run = runs.find_run(options["run"])
        if not options["work"]:
            self._warn_without_worker(run)
        seq, sweep = 0, Sweep()
        while True:
            since = wake.rung()
            if options["work"]:
                sweep.tick()
                while worker.work_once(run.pk):
                    seq = self._print_new(run, seq, options)
            seq = self._print_new(run, seq, options)
            run.refresh_from_db()
            if run.is_over or self._needs_person(run):
                break
            wake.wait(since, 0.25)
        self._show(run, options)

    def _handed(self, options: dict[str, Any]) -> Any:
        run = runs.find_run(options["run"])
        found = handing.handed_out(run)
        if found is None:
            raise PersonError(f"No step of run {run.pk} is with you now. manage.py run show {run.pk}")
        return found

    def _needs_person(self, run: Run) -> bool:
        """Whether nothing will happen until a person acts: armed answers still move by themselves."""
        if run.status in ("awaiting_approval", "draft", "paused"):
            return True
        value = queries.run_as_dict(run)
        open_cards = [card for card in value["decisions"] if card["status"] == "open"]
        handed = value["with_you"] is not None and value["with_you"]["worktree"]
        return bool(open_cards or handed)

    def _warn_without_worker(self, run: Run) -> None:
        from orchestrator.presence import worker_is_alive

        if not worker_is_alive():
            self.stderr.write(NO_WORKER.format(run=run.pk))

    def _print_new(self, run: Run, seq: int, options: dict[str, Any]) -> int:
        for event in queries.events_since(run.pk, seq):
            seq = event.seq
            if not options["json"]:
                where = f"step {event.step}" if event.step else "run"
                print(f"{event.at[11:19]}  {where:10}  {event.kind}", flush=True)
        return seq

    def _state(self, options: dict[str, Any]) -> None:
        self._show(runs.find_run(options["run"]), options)

    def _show(self, run: Run, options: dict[str, Any]) -> None:
        value = queries.run_as_dict(run)
        if run.status == "awaiting_approval":
            value["digest"] = tree_of(run).digest
            value["compiled"] = run.compiled
        self.out(options, value, reports.overview(run, value))
