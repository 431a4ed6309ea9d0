"""manage.py run start|show|assign|approve|watch|pause|resume|abort|publish|done|give-back|report: a run by terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from orchestrator import queries, reports, terminal
from orchestrator.actions import assigning, git_mode, handing, outbox, runs
from orchestrator.actions.projects import find_project
from orchestrator.engine.receipts import tree_of
from orchestrator.engine.states import OPEN_DECISION
from orchestrator.exceptions import PersonError
from orchestrator.management import watching
from orchestrator.management.person import PersonCommand, person
from orchestrator.markdown import markdown
from orchestrator.models import Run


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
        plain = {
            "show": "show a run",
            "resume": "go on with a paused run",
            "report": "print the report",
            "publish": "try again to publish a branch that was refused",
        }
        for name, text in plain.items():
            add(name, text).add_argument("run", type=int)
        assign = add("assign", "let another agent build a step, before the run is approved")
        assign.add_argument("run", type=int)
        assign.add_argument("step", help="the step's key")
        assign.add_argument("agent", nargs="?", default="", help="its name (default: whom the plan or the rubric says)")
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
        watch.add_argument("--since", type=int, default=None, metavar="N", help="begin after event N (default: now)")
        watch.add_argument("--all", action="store_true", help="begin with the run's first event")
        watch.add_argument("--exit-code", action="store_true", help="say by the exit code how the run stands")
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

    def do_assign(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        run = assigning.assign(runs.find_run(options["run"]), options["step"], options["agent"], actor)
        self._show(run, options)

    def do_approve(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        run = runs.find_run(options["run"])
        run = runs.approve(run, actor, user, digest=options["digest"], git=options["git"], scope=options["scope"])
        value = queries.run_as_dict(run)
        next_line = f"Follow it: manage.py run watch {run.pk}" if value["worker_alive"] else reports.NO_WORKER
        self.out(options, value, f"Run {run.pk} is approved. {next_line}".format(run=run.pk))

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

    def do_publish(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        outbox.publish_again(runs.find_run(options["run"]), actor)
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
        seq = queries.stands_at(run.pk)
        if not options["json"]:
            self._show(run, options, followed=not (run.is_over or queries.needs_person(run)))
        if options["all"] or options["since"] is not None:
            seq = 0 if options["all"] else options["since"]
        say = (lambda line: None) if options["json"] else (lambda line: print(line, flush=True))
        watch = watching.Watch(run, seq, work=options["work"], say=say)
        try:
            why = watch.follow()
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        self._end(watch, why, watch.seq > seq, options)

    def _end(self, watch: watching.Watch, why: str, news: bool, options: dict[str, Any]) -> None:
        """The run as it stands now, if that is news, and the exit code that says why watching is over."""
        if news or options["json"]:
            self._show(watch.run, options)
        if why == watching.NO_WORKER:
            self.stderr.write(f"run: {reports.NO_WORKER.format(run=watch.run.pk)}")
            raise SystemExit(watching.EXIT_NO_WORKER)
        if options["exit_code"]:
            raise SystemExit(watching.exit_code(watch.run, why))

    def _handed(self, options: dict[str, Any]) -> Any:
        run = runs.find_run(options["run"])
        found = handing.handed_out(run)
        if found is None:
            raise PersonError(f"No step of run {run.pk} is with you now. manage.py run show {run.pk}")
        return found

    def _state(self, options: dict[str, Any]) -> None:
        self._show(runs.find_run(options["run"]), options)

    def _show(self, run: Run, options: dict[str, Any], *, followed: bool = False) -> None:
        value = queries.run_as_dict(run)
        if run.status == "awaiting_approval":
            value["digest"] = tree_of(run).digest
            value["compiled"] = run.compiled
        cards = run.decisions.filter(status__in=sorted(OPEN_DECISION)).select_related("run__plan")
        told = [line for card in cards for line in terminal.card_lines(card)]
        self.out(options, value, "\n".join([reports.overview(run, value, followed=followed), *told]))
