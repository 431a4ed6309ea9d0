"""A table for each guard but that of tests: what it must find, and what only looks like it."""

from __future__ import annotations

from agents.claims import Claims, CommandClaim, FileClaim, Ran
from agents.guards import Pattern
from tests.unit.agents.guards.diffs import change, claims, example, link

CODE = "x = 1\n"
KEY = "AKIA" + "Q3EGTRXW7M2LKJ5P"
TOKEN = "ghp_" + "a8Kd93jfkLs0Qpz7Xc1vBn5mTr2WyU4iEo6Z"
RANDOM = "f9K2-qL7z!mX4"


def new(path, text=CODE, **more):
    return change(path, None, text, **more)


def ran(*commands, says="", tests=None, summary="", checks=()):
    """A report that says that a command passed, and the commands that ran."""
    said = (CommandClaim(says, "passed", tests),) if says else ()
    return Claims(commands=said, summary=summary, ran=commands, checks=checks)


def bad(path):
    return new(path)


FENCE = (
    example("a file outside of the fence", new("docs/a.md"), fences=("src/**",), fires="outside"),
    example("a file moved out of the fence", change("docs/a.py", CODE, CODE, was="src/a.py"), fences=("src",), fires="outside"),
    example("a role that only reads", new("src/a.py"), read_only=True, fires="read-only"),
    example("a hook of git", bad("sub/.git/hooks/pre-commit"), fires="git-path"),
    example("git's folder in other letters", bad(".GIT/config"), fires="git-path"),
    example("git's folder on Windows", bad("git~1/config"), fires="git-path"),
    example("git's folder with an invisible letter", bad(".g\u200cit/config"), fires="git-path"),
    example("a path that climbs", bad("../a.py"), fires="bad-name"),
    example("an absolute path", bad("/etc/passwd"), fires="bad-name"),
    example("a name with a newline", bad("a\nb.py"), fires="bad-name"),
    example("a name that turns its direction", bad("a\u202egnp.py"), fires="bad-name"),
    example("a submodule", new("vendor/lib", "", kind="submodule", new_mode="160000"), fires="submodule"),
    example("a link to an absolute path", link("a", "/etc/passwd"), fires="link-outside"),
    example("a link that climbs out", link("docs/a", "../../outside"), fires="link-outside"),
    example("a link into git's folder", link("a", ".git/config"), fires="git-path"),
    example("a link inside", link("docs/a.md", "../README.md"), fires="link"),
    example("a file inside the fence", new("src/deep/a.py"), fences=("src/**",)),
    example("no fence", new("anywhere/a.py")),
    example("names with dots", new(".gitignore"), new("a..b.py"), new("..a/b.py"), new(".github/a.md")),
    example("names of other scripts", new("docs/Größe.md"), new("docs/鐘.md"), new("docs/a b.md")),
    example("a folder named digit", new("digit/a.py"), new("src/git/a.py"), new("git~a/b.py")),
    example("a deleted file inside", change("src/a.py", CODE, None), fences=("src/*.py",)),
    example("several fences", new("src/a.py"), new("docs/a.md"), fences=("src", "docs/**")),
    example("a single file as fence", new("src/a.py"), fences=("src/a.py",)),
)  # fmt: skip
PHANTOM = (
    example("nothing was changed", claims=claims("a.py"), fires="empty"),
    example("nothing was claimed or changed", claims=claims(), fires="empty"),
    example("another file was changed", new("b.py"), claims=claims("a.py"), fires="not-changed"),
    example("one of two was changed", new("b.py"), claims=claims("a.py", "b.py"), fires="not-changed"),
    example("a name that only begins alike", new("a.py2"), claims=claims("a.py"), fires="not-changed"),
    example("a folder nothing lies in", new("b.py"), claims=claims("src/"), fires="not-changed"),
    example("a test that is not there", new("test_a.py", "def test_one(): pass\n"), claims=claims(tests=("test_two",)), fires="test-not-added"),
    example("a test that was removed", change("test_a.py", "def test_two(): pass\n", CODE), claims=claims(tests=("test_two",)), fires="test-not-added"),
    example("nobody reported", new("a.py")),
    example("nobody reported, nothing changed"),
    example("deleted, and it is there", new("a.py"), claims=Claims((FileClaim("a.py", "", "deleted"),)), fires="not-changed"),
    example("created, and it was there", change("a.py", CODE, "x = 2\n"), claims=Claims((FileClaim("a.py", "", "created"),)), fires="changed-otherwise"),
    example("tests that never ran", new("a.py"), claims=ran(says="pytest -q"), fires="check-not-so"),
    example("tests that failed", new("a.py"), claims=ran(Ran("pytest -q", 1, "1 failed in 0.1s"), says="pytest -q"), fires="check-not-so"),
    example("tests that failed at last", new("a.py"), claims=ran(Ran("pytest -q", 0, "1 passed in 0.1s"), Ran("pytest -q", 1), says="pytest -q"), fires="check-not-so"),
    example("tests that failed behind a pipe", new("a.py"), claims=ran(Ran("pytest -q | tail -3", 0, "=== 1 failed, 2 passed in 0.1s ==="), says="pytest -q"), fires="check-not-so"),
    example("fewer tests than it says", new("a.py"), claims=ran(Ran("pytest -q", 0, "3 passed in 0.1s"), says="pytest -q", tests=4), fires="check-not-so"),
    example("a check of the plan that never ran", new("a.py"), claims=ran(says="./all-well", checks=("./all-well",)), fires="check-not-so"),
    example("another command that never ran", new("a.py"), claims=ran(says="ls docs"), fires="command-not-so"),
    example("a command that is only written to a file", new("a.py"), claims=ran(Ran("cat > Makefile <<'END'\npytest -q\nEND", 0), says="pytest -q"), fires="check-not-so"),
    example("its summary says so, and nothing ran", new("a.py"), claims=ran(summary="Done; all tests pass."), fires="check-not-so"),
    example("its summary says so, and they failed", new("a.py"), claims=ran(Ran("pytest", 1), summary="The suite is green."), fires="check-not-so"),
    example("its summary says more", new("a.py"), claims=ran(Ran("pytest", 0, "3 passed in 0.1s"), summary="All 30 tests pass."), fires="check-not-so"),
    example("who only says it ran", new("a.py"), claims=ran(Ran("echo 'Ran 3 tests in 0.1s'", 0, "Ran 3 tests in 0.1s"), summary="All 3 tests pass."), fires="check-not-so"),
    example("it ran", new("a.py"), claims=ran(Ran("cd . && pytest -q 2>&1 | tail -3", 0, "3 passed in 0.1s"), says="pytest -q", tests=3)),
    example("it failed, and is said to", new("a.py"), claims=Claims(files=(FileClaim("a.py"),), commands=(CommandClaim("pytest", "failed"),), ran=(Ran("pytest", 1),))),
    example("no record was kept", new("a.py"), claims=Claims(commands=(CommandClaim("pytest", "passed", 9),), summary="All 9 tests pass.")),
    example("its summary is so", new("a.py"), claims=ran(Ran("pytest", 0, "3 passed in 0.1s"), summary="The bell rings. All 3 tests pass.")),
    example("the new ones alone", new("test_a.py", "def test_one():\n    assert f()\n"), claims=ran(Ran("pytest", 0, "9 passed in 0.1s"), summary="The 1 new test passes.")),
    example("it does not say so", new("a.py"), claims=ran(summary="The tests could not be run, so nobody knows whether the tests pass. Once chime is there, tests pass.")),
    example("a runner of its own", new("a.py"), claims=ran(Ran("./every", 0, "Ran 4 tests in 0.1s\n\nOK"), summary="All 4 tests pass.")),
    example("all is there", new("a.py"), change("b.py", CODE, "x = 2\n"), claims=claims("a.py", "./b.py")),
    example("more than was told", new("a.py"), new("b.py"), claims=claims("a.py")),
    example("a deleted file", change("a.py", CODE, None), claims=claims("a.py")),
    example("a moved file by its old name", change("b.py", CODE, CODE, was="a.py"), claims=claims("a.py")),
    example("a folder", new("src/a.py"), claims=claims("src/")),
    example("a test by its address", new("t/test_a.py", "def test_one(): pass\n"), claims=claims(tests=("t/test_a.py::test_one[1]",))),
)  # fmt: skip
PLAN = (
    example("the plan's text", change("PLAN.md", "a\n", "b\n"), plans=("PLAN.md",), fires="edited"),
    example("the plan is deleted", change("PLAN.md", "a\n", None), plans=("PLAN.md",), fires="edited"),
    example("the plan is moved", change("OLD.md", "a\n", "a\n", was="PLAN.md"), plans=("PLAN.md",), fires="edited"),
    example("a step's file", change("plan/02.md", "a\n", "b\n"), plans=("plan",), fires="edited"),
    example("a new file among the steps", new("plan/99.md"), plans=("plan/",), fires="edited"),
    example("a plan by glob", change("docs/plans/m4.md", "a\n", "b\n"), plans=("docs/plans/*.md",), fires="edited"),
    example("a box that is ticked", change("PLAN.md", "- [ ] a\n", "- [x] a\n"), plans=("PLAN.md",), fires="edited"),
    example("the plan becomes a link", link("PLAN.md", "other.md"), plans=("PLAN.md",), fires="edited"),
    example("another file", new("src/a.py"), plans=("PLAN.md",)),
    example("a plan of the same name elsewhere", new("docs/PLAN.md"), plans=("PLAN.md",)),
    example("a name that begins alike", new("plans-old/a.md"), plans=("plans",)),
    example("no plan is known", change("PLAN.md", "a\n", "b\n")),
    example("a file beside a glob", new("docs/plans/deep/a.md"), plans=("docs/plans/*.md",)),
    example("a template in code", new("src/PLAN.md.py"), plans=("PLAN.md",)),
    example("letters differ", new("plan.md"), plans=("PLAN.md",)),
    example("a folder's neighbour", new("plan.txt"), plans=("plan/",)),
)  # fmt: skip
RULES = (
    example("the configuration", change("signalbox.toml", "a\n", "b\n"), fires="defines-rules"),
    example("a definition", new(".claude/agents/builder.md"), fires="defines-rules"),
    example("a definition of another kind", new(".cursor/agents/a.md"), new("agents/b.md"), fires="defines-rules"),
    example("settings of an agent", new(".claude/settings.json"), fires="defines-rules"),
    example("a guideline", change("AGENTS.md", "a\n", "b\n"), guidelines=("AGENTS.md",), fires="guideline"),
    example("the plan names the guideline", change("AGENTS.md", "a\n", "b\n"), guidelines=("AGENTS.md",), declared=("AGENTS.md",), fires="guideline"),
    example("a hook", new(".husky/pre-commit"), fires="runs-by-itself"),
    example("hooks before a commit", change(".pre-commit-config.yaml", "a\n", "b\n"), fires="runs-by-itself"),
    example("an environment that is read by itself", new(".envrc"), fires="runs-by-itself"),
    example("tasks of an editor", new(".vscode/tasks.json"), fires="runs-by-itself"),
    example("attributes of git", new("src/.gitattributes"), fires="runs-by-itself"),
    example("modules of git", new(".gitmodules"), fires="runs-by-itself"),
    example("the configuration is deleted", change("signalbox.toml", "a\n", None), declared=("signalbox.toml",), fires="defines-rules"),
    example("a hook that the step names", new(".husky/pre-commit"), declared=(".husky/pre-commit",), fires="declared"),
    example("code", new("src/agents/a.py"), new("agents/base.py"), new("docs/agents/a.md")),
    example("a guide nobody has to follow", new("AGENTS.md")),
    example("a configuration of the same name below", new("examples/signalbox.toml")),
    example("names that begin alike", new(".envrc.example"), new(".gitignore"), new(".vscode/README.md")),
    example("hooks in code", new("src/hooks/pre-commit.py"), new("web/.huskyrc.md")),
    example("documents", new("README.md"), new("docs/husky.md")),
    example("a test of agents", new("tests/agents/test_a.py")),
    example("another guideline's section", new("docs/style.md"), guidelines=("docs/database.md",)),
)  # fmt: skip
SECRETS = (
    example("a key of AWS", new("a.py", f'KEY = "{KEY}"\n'), fires="secret"),
    example("a token of GitHub", new("a.txt", f"token {TOKEN}\n"), fires="secret"),
    example("a private key", new("id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"), fires="secret"),
    example("a private key without a kind", new("k.pem", "-----BEGIN PRIVATE KEY-----\n"), fires="secret"),
    example("a token of Slack", new("a.py", 'T = "xoxb-' + '2847561093-Kd93jfkLs0Qpz7"\n'), fires="secret"),
    example("a key of Stripe", new("a.py", 'T = "sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc"\n'), fires="secret"),
    example("a key of Google", new("a.js", 'const k = "AIza' + 'SyD3k9fLq0Zx8vB7nM2wE4rT6yU1iO5pA"\n'.replace('"\n', 'sQ"\n')), fires="secret"),
    example("a key of Anthropic", new("a.env", "K=sk-ant-" + "api03-Zx8vB7nM2wE4rT6yU1iO5pAsDfGh\n"), fires="secret"),
    example("a key of OpenAI", new("a.env", "K=sk-proj-" + "Zx8vB7nM2wE4rT6yU1iO5pAsDfGh\n"), fires="secret"),
    example("a web token", new("a.py", 'T = "eyJ' + 'hbGciOiJIUzI1NiJ9.eyJ' + 'zdWIiOiJhZGEifQ.Qx8vB7nM2wE4rT6yU1iO5pA"\n'), fires="secret"),
    example("a password", new("a.py", f'PASSWORD = "{RANDOM}"\n'), fires="secret"),
    example("a password in YAML", new("a.yml", f"db_password: '{RANDOM}'\n"), fires="secret"),
    example("a key in JSON", new("a.json", f'{{"apiKey": "{RANDOM}99"}}\n'), fires="secret"),
    example("a password in an address", new("a.py", 'URL = "postgres://ada:' + 'Zx8vB7nM2w@db.example.org/x"\n'.replace("example.org", "bells.org")), fires="secret"),
    example("a password in a test", new("tests/test_a.py", f'password = "{RANDOM}"\n'), fires="in-test"),
    example("AWS's own example", new("a.md", "AKIAIOSFODNN7EXAMPLE\n")),
    example("a word to change", new(".env.example", 'PASSWORD="changeme"\nTOKEN="your-token-here"\n')),
    example("a variable", new("a.yml", 'password: "${DB_PASSWORD}"\ntoken: "{{ token }}"\n')),
    example("from the environment", new("a.py", 'password = os.environ["PASSWORD"]\ntoken = getenv("TOKEN_1A2B")\n')),
    example("words alone", new("a.py", 'password = "correct horse"\nsecret = "thesecretword"\n')),
    example("a secret that was there", change("a.py", f'K = "{KEY}"\n', f'KEY = "{KEY}"\n')),
    example("a secret that is removed", change("a.py", f'K = "{KEY}"\n', 'K = ""\n')),
    example("a hash of a commit", new("a.md", "8b26daa4cee95c09d33821568b26daa4cee95c09\n")),
    example("the name of a field", new("a.py", 'password_field = "password_confirmation"\ntoken_url = "https://a.org/t0k3n1"\n')),
    example("a local database", new("a.yml", "url: postgres://postgres:postgres@localhost/x\n")),
    example("a public key", new("a.pem", "-----BEGIN PUBLIC KEY-----\n")),
)  # fmt: skip
CONFLICTED = "a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> theirs\n"
CONFLICT = (
    example("markers in code", change("a.py", "a = 1\nb = 0\n", CONFLICTED), fires="marker"),
    example("markers without names", new("a.py", "<<<<<<<\nb\n=======\nc\n>>>>>>>\n"), fires="marker"),
    example("markers with the base", new("a.py", "<<<<<<< a\nb\n||||||| c\nd\n=======\nc\n>>>>>>> e\n"), fires="marker"),
    example("markers in prose", new("a.md", CONFLICTED), fires="marker"),
    example("markers in data", new("a.json", CONFLICTED), fires="marker"),
    example("markers behind a fence", new("a.md", "```\nx\n```\n" + CONFLICTED), fires="marker"),
    example("two conflicts", new("a.py", CONFLICTED * 2), fires="marker"),
    example("markers in a file without a suffix", new("Makefile", CONFLICTED), fires="marker"),
    example("a heading underlined", new("a.md", "Bells\n=======\n\nTing.\n")),
    example("markers shown in a fence", new("a.md", f"Choose:\n\n```\n{CONFLICTED}```\n")),
    example("markers shown in a tilde fence", new("a.md", f"~~~~ diff\n{CONFLICTED}~~~~\n")),
    example("markers shown indented", new("a.md", "".join(f"    {line}\n" for line in CONFLICTED.split("\n")))),
    example("a part of a table", new("a.txt", "=======\nTotal\n=======\n")),
    example("arrows", new("a.py", 'print("<<<<<<< in")\nprint(">>>>>>> out")\n')),
    example("only a beginning", new("a.txt", "<<<<<<< look here\n")),
    example("markers are removed", change("a.py", CONFLICTED, "a = 1\nb = 2\n")),
    example("more than seven", new("a.txt", "<<<<<<<<<<\n==========\n>>>>>>>>>>\n")),
)  # fmt: skip
ATTRIBUTION = (
    example("a trailer", message="feat: a\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n", fires="message"),
    example("a trailer of a bot", message="feat: a\n\nCo-authored-by: dependabot[bot] <a@b.c>\n", fires="message"),
    example("a sentence", message="feat: a\n\n🤖 Generated with [Claude Code](https://x)\n", fires="message"),
    example("another sentence", message="feat: a\n\nWritten by ChatGPT.\n", fires="message"),
    example("help", message="feat: a\n\nAssisted-by: GitHub Copilot\n", fires="message"),
    example("an address", message="feat: a\n\nThanks noreply@anthropic.com\n", fires="message"),
    example("in a file", new("a.py", "# Generated by Codex\n"), fires="file"),
    example("in a document", new("a.md", "This page was written with an AI.\n"), fires="file"),
    example("a trailer in a file", new("CHANGES", "Co-authored-by: Cursor Agent <a@cursor.com>\n"), fires="file"),
    example("a person", message="feat: a\n\nCo-authored-by: Ada Lovelace <ada@example.org>\n"),
    example("a plain message", message="feat: add a client for Claude (step 3)\n"),
    example("a person of a like name", message="feat: a\n\nCo-authored-by: Claudette Aider-Smith <c@x.org>\n"),
    example("a generator", new("a.py", "# Generated by Django 5.2\n# made with care\n")),
    example("the thing itself", new("a.py", "from anthropic import Anthropic\nclient = Anthropic()\n")),
    example("a cursor", new("a.js", "// moved by cursors of the table\n")),
    example("a bot in code", new("a.py", "class Bot:\n    '''Answers by bots are counted.'''\n")),
    example("it was there", change("a.md", "Written by Claude.\n", None)),
)  # fmt: skip
LISTED = {"declared": ("src/a.py", "docs/"), "lists_files": True}
UNDECLARED = (
    example("another file", new("src/b.py"), **LISTED, fires="undeclared"),
    example("a file at the top", new("a.py"), **LISTED, fires="undeclared"),
    example("a deleted file", change("src/b.py", CODE, None), **LISTED, fires="undeclared"),
    example("a moved file", change("src/b.py", CODE, CODE, was="src/a.py"), **LISTED, fires="undeclared"),
    example("a file below a file's name", new("src/a.py/b"), declared=("src/a.pyx",), lists_files=True, fires="undeclared"),
    example("a folder's neighbour", new("docs2/a.md"), **LISTED, fires="undeclared"),
    example("beside a glob", new("src/deep/a.py"), declared=("src/*.py",), lists_files=True, fires="undeclared"),
    example("a test that was not listed", new("tests/test_a.py"), **LISTED, fires="undeclared"),
    example("the file", new("src/a.py"), **LISTED),
    example("in the folder", new("docs/deep/a.md"), **LISTED),
    example("written with a dot", new("src/a.py"), declared=("./src/a.py",), lists_files=True),
    example("in a glob", new("src/a.py"), declared=("src/*.py",), lists_files=True),
    example("in any folder", new("src/deep/a.py"), declared=("src/**/*.py",), lists_files=True),
    example("the step lists none", new("src/b.py")),
    example("the step only mentions some", new("src/b.py"), declared=("src/a.py",)),
    example("nothing changed", **LISTED),
)  # fmt: skip
BIG = "x" * 100 + "\n"
SIZE = (
    example("a large text", new("a.csv", BIG * 6000), fires="large"),
    example("a large binary", new("a.bin", "", size=2_000_000_000, unread=True), fires="large"),
    example("a small limit", new("a.txt", BIG), largest_bytes=50, fires="large"),
    example("a binary", new("a.png", "", size=900, unread=True), fires="binary"),
    example("code that is no text", new("a.py", "", size=900, unread=True), fires="unread"),
    example("a diff of which more was left", new("a.py"), truncated=True, fires="unread"),
    example("a long line", new("a.js", "x\n", cut=True), fires="cut"),
    example("a large file grows", change("a.csv", BIG * 5999, BIG * 6000), fires="large"),
    example("a text of a usual size", new("a.py", BIG * 100)),
    example("an empty file", new("a/__init__.py", "")),
    example("a large file that the step names", new("a.csv", BIG * 6000), declared=("a.csv",)),
    example("a large file in a folder that it names", new("data/a.csv", BIG * 6000), declared=("data/",)),
    example("a large file is deleted", change("a.csv", BIG * 6000, None)),
    example("a large file is made executable", change("a.csv", BIG * 6000, BIG * 6000, kind="mode")),
    example("nothing changed"),
    example("exactly the limit", new("a.txt", "x" * 50), largest_bytes=50),
)  # fmt: skip
PROJECT = '[project]\nname = "bells"\ndependencies = ["django>=5"{}]\n'
PACKAGE = '{{"dependencies": {{"vue": "3"{}}}, "scripts": {{}}}}\n'
DEPENDENCIES = (
    example("in pyproject.toml", change("pyproject.toml", PROJECT.format(""), PROJECT.format(', "reqeusts"')), fires="new"),
    example("in requirements", change("requirements/dev.txt", "a==1\n", "a==1\nreqeusts\n"), fires="new"),
    example("in package.json", change("web/package.json", PACKAGE.format(""), PACKAGE.format(', "vite-plus": "1"')), fires="new"),
    example("in Cargo.toml", change("Cargo.toml", "[dependencies]\n", '[dependencies]\nserde = "1"\n'), fires="new"),
    example("in go.mod", change("go.mod", "module a\n", "module a\n\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n"), fires="new"),
    example("in a group", change("pyproject.toml", PROJECT.format(""), PROJECT.format("") + '[dependency-groups]\ndev = ["nose"]\n'), fires="new"),
    example("in a new manifest", new("requirements.txt", "flask\n"), fires="new"),
    example("in a manifest that the step names", new("requirements.txt", "flask\n"), declared=("requirements.txt",), fires="new-declared"),
    example("a lock file alone", change("uv.lock", "a\n", "b\n"), fires="lock-alone"),
    example("asked for in words", change("pyproject.toml", PROJECT.format(""), PROJECT.format(', "httpx"')), words="Fetch with `httpx`, not by hand."),
    example("asked for by name", new("requirements.txt", "Flask\n"), dependencies=("flask",)),
    example("asked for by its last part", change("go.mod", "module a\n", "module a\nrequire github.com/go-chi/chi v5.0.0\n"), words="Route with chi."),
    example("another version", change("requirements.txt", "a==1\n", "a==2\n")),
    example("one is removed", change("requirements.txt", "a==1\nb==1\n", "a==1\n")),
    example("spelled otherwise", change("requirements.txt", "typing_extensions\n", "Typing-Extensions>=4\n")),
    example("other settings", change("pyproject.toml", PROJECT.format(""), PROJECT.format("") + "[tool.ruff]\nline-length = 100\n")),
    example("a lock beside its manifest", change("package.json", PACKAGE.format(""), PACKAGE.format("")[:-1] + " \n"), change("package-lock.json", "1\n", "2\n")),
    example("a manifest that cannot be read", change("package.json", "{", "{{\n")),
    example("a text of a like name", new("docs/my-requirements.md", "flask\n"), new("notes.txt", "flask\n")),
)  # fmt: skip
NOW = Pattern(r"datetime\.utcnow\b", (), "Write datetime.now(UTC).")
FORBIDDEN = (
    example("a new line", new("a.py", "x = datetime.utcnow()\n"), forbidden=(NOW,), fires="hit"),
    example("a changed line", change("a.py", "x = 1\n", "x = datetime.utcnow()\n"), forbidden=(NOW,), fires="hit"),
    example("one more of them", change("a.py", "x = datetime.utcnow()\n", "x = datetime.utcnow()\ny = datetime.utcnow()\n"), forbidden=(NOW,), fires="hit"),
    example("in a file that fits", new("src/a.py", "print(1)\n"), forbidden=(Pattern(r"^print\(", ("src/**",), ""),), fires="hit"),
    example("letter case aside", new("a.py", "# ToDo\n"), forbidden=(Pattern("(?i)todo"),), fires="hit"),
    example("one of two", new("a.py", "x = uuid.uuid4()\n"), forbidden=(NOW, Pattern(r"uuid\.uuid[14]")), fires="hit"),
    example("a pattern that would take for ever", new("a.py", "a" * 3000 + "\n"), forbidden=(Pattern("(a+)+b"), Pattern("(a+)+$")), fires="hit"),
    example("a pattern that goes back", new("a.py", "aa\n"), forbidden=(Pattern(r"(a)\1"),), fires="not-run"),
    example("a pattern that is none", new("a.py"), forbidden=(Pattern("("),), fires="not-run"),
    example("a line that was there", change("a.py", "x = datetime.utcnow()\ny = 1\n", "x = datetime.utcnow()\ny = 2\n"), forbidden=(NOW,)),
    example("a line that moved", change("a.py", "x = datetime.utcnow()\ny = 1\n", "y = 1\nif y:\n    x = datetime.utcnow()\n"), forbidden=(NOW,)),
    example("a line that goes", change("a.py", "x = datetime.utcnow()\n", "x = 1\n"), forbidden=(NOW,)),
    example("a file that does not fit", new("docs/a.md", "datetime.utcnow\n"), forbidden=(Pattern(r"utcnow", ("*.py",)),)),
    example("a word that only begins alike", new("a.py", "datetime.utcnowish\n"), forbidden=(NOW,)),
    example("nothing is forbidden", new("a.py", "x = datetime.utcnow()\n")),
    example("a deleted file", change("a.py", "x = datetime.utcnow()\n", None), forbidden=(NOW,)),
    example("a dot is a dot", new("a.py", "datetime_utcnow\n"), forbidden=(NOW,)),
)  # fmt: skip
THERE = {"there": {"src/a.py": CODE, "src": "", "pyproject.toml": PROJECT.format("")}, "lists_files": True}
EXPECTED = (
    example("a declared file is not there", new("src/b.py"), declared=("src/b.py", "src/c.py"), **THERE, fires="absent"),
    example("a declared file is as it was", new("src/b.py"), declared=("src/a.py",), **THERE, fires="unmodified"),
    example("a declared file is empty", new("src/b.py", ""), declared=("src/b.py",), **THERE, fires="empty"),
    example("a declared folder is not there", new("src/b.py"), declared=("docs/",), **THERE, fires="absent"),
    example("a declared folder is as it was", new("b.py"), declared=("src/",), **THERE, fires="unmodified"),
    example("a file that is only mentioned", new("b.py"), declared=("src/a.py",), there={"src/a.py": CODE}, fires="mentioned"),
    example("a dependency is not there", new("b.py"), dependencies=("httpx",), **THERE, fires="dependency-absent"),
    example("a file under another name", new("src/c.py"), declared=("src/b.py",), **THERE, fires="absent"),
    example("a link in its place", link("src/b.py", "a.py"), declared=("src/b.py",), **THERE, fires="link"),
    example("the step asks for a link", link("src/b.py", "a.py"), declared=("src/b.py",), words="Link `src/b.py` to `a.py`.", **THERE),
    example("all is there", new("src/b.py"), change("src/a.py", CODE, "x = 2\n"), declared=("src/a.py", "./src/b.py"), **THERE),
    example("the step deletes it", change("src/a.py", CODE, None), declared=("src/a.py",), **THERE),
    example("the step moves it", change("src/b.py", CODE, CODE, was="src/a.py"), declared=("src/a.py", "src/b.py"), **THERE),
    example("something in the folder", new("docs/deep/a.md"), declared=("docs/",), **THERE),
    example("a glob", new("b.py"), declared=("src/*.py",), **THERE),
    example("a file that may be empty", new("src/b/__init__.py", ""), declared=("src/b/__init__.py",), **THERE),
    example("a dependency that is there", new("b.py"), dependencies=("Django",), **THERE),
    example("nothing changed at all", declared=("src/a.py",), **THERE),
)  # fmt: skip
TABLES = {
    "fence": FENCE, "phantom": PHANTOM, "plan": PLAN, "rules": RULES, "secrets": SECRETS, "conflict": CONFLICT,
    "attribution": ATTRIBUTION, "undeclared": UNDECLARED, "size": SIZE, "dependencies": DEPENDENCIES,
    "forbidden": FORBIDDEN, "expected": EXPECTED,
}  # fmt: skip
