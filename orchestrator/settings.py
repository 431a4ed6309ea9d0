"""Settings, from the environment; wrong ones fail at start. Embedded by default: SQLite and one process."""

from __future__ import annotations

import secrets

import dj_database_url
from csp.constants import NONE, SELF

from orchestrator.env import ROOT, data_folder, env, secret

BASE_DIR = ROOT
DATA = data_folder()
DATA.mkdir(parents=True, exist_ok=True, mode=0o700)


def _installation_key() -> str:
    """The key of this installation: SECRET_KEY, else one made at the first start and kept in the data folder."""
    given = secret("SECRET_KEY")
    if given:
        return given
    path = DATA / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


SECRET_KEY = _installation_key()
DEBUG = env.bool("SIGNALBOX_DEBUG", False)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "plans",
    "orchestrator",
]
MIDDLEWARE = [
    "orchestrator.web.errors.Requests",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orchestrator.web.errors.PersonErrors",
]
ROOT_URLCONF = "orchestrator.urls"
ASGI_APPLICATION = "orchestrator.asgi.application"
LOGIN_URL = "signin"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orchestrator.web.frame.frame",
            ]
        },
    }
]

DATABASES = {"default": dj_database_url.parse(secret("DATABASE_URL", f"sqlite:///{DATA / 'signalbox.sqlite3'}"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock first: without it, WAL alone raised "database is locked" under eight writers.
    # FULL: git and people do not roll back with rows that a power cut took (docs/decisions/0011).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
    }
    # Workers are threads: an in-memory database would be another one for each of them.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
else:
    # The engine's statements are few and always the same: planning them costs the server more than running them.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"] if (ROOT / "static").is_dir() else []
STATIC_ROOT = DATA / "staticfiles"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False

REDIS_URL = secret("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "orchestrator.web.errors.form_refused"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("TRUSTED_ORIGINS", [])
if CSRF_TRUSTED_ORIGINS:
    # Behind a proxy that ends TLS and says so.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SIGNIN_LINK_SECONDS = 15 * 60
SOCKET_RECHECK_SECONDS = env.float("SIGNALBOX_SOCKET_RECHECK_SECONDS", 20.0)

# What goes wrong inside is on stderr with its trace; a person's own errors never get here.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "orchestrator.web.errors.WithRequestId"}},
    "formatters": {"request": {"format": "{asctime} {levelname} request {request_id}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "level": "ERROR",
            "filters": ["request"],
            "formatter": "request",
        }
    },
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}

CELERY_BROKER_URL = REDIS_URL or "memory://"
# The in-memory broker looks once a second by default: a chain of 30 steps then took 33 s.
# Who rings does not wait for a broker that is away: the sweep rings again.
_REDIS_OPTIONS = {"socket_connect_timeout": 2, "max_retries": 0}
CELERY_BROKER_TRANSPORT_OPTIONS = _REDIS_OPTIONS if REDIS_URL else {"polling_interval": 0.005}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CONSUMER = "orchestrator.consuming:PatientConsumer"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

ANTHROPIC_API_KEY = secret("ANTHROPIC_API_KEY")
ANTHROPIC_BASE_URL = env.str("ANTHROPIC_BASE_URL", "") or None
GIT_HOSTS: list[str] = env.list("SIGNALBOX_GIT_HOSTS", [])
SIGNALBOX_UNSAFE = env.bool("SIGNALBOX_UNSAFE", False)
SETUP_HOSTS: list[str] = env.list("SIGNALBOX_SETUP_HOSTS", [])
SETUP_PRIVATE_HOSTS: list[str] = env.list("SIGNALBOX_SETUP_PRIVATE_HOSTS", [])
TOOL_FOLDERS: list[str] = env.list("SIGNALBOX_TOOLS", [])

# What one command in a jail may use up.
JAIL_PROCESSES = env.int("SIGNALBOX_JAIL_PROCESSES", 2048)
JAIL_OPEN_FILES = env.int("SIGNALBOX_JAIL_OPEN_FILES", 4096)
JAIL_MEMORY_MB = env.int("SIGNALBOX_JAIL_MEMORY_MB", 8192)
JAIL_FILE_MB = env.int("SIGNALBOX_JAIL_FILE_MB", 4096)
JAIL_SCRATCH_MB = env.int("SIGNALBOX_JAIL_SCRATCH_MB", 4096)
JAIL_CPU_SECONDS = env.int("SIGNALBOX_JAIL_CPU_SECONDS", 3600)

RETENTION_DAYS = env.float("SIGNALBOX_RETENTION_DAYS", 14.0)
FREE_FLOOR_BYTES = env.int("SIGNALBOX_FREE_MB", 200) * 1_000_000

# Seconds. Tests shorten them; one test each runs at these values.
ARM_SECONDS = env.float("SIGNALBOX_ARM_SECONDS", 10.0)
BEAT_SECONDS = env.float("SIGNALBOX_BEAT_SECONDS", 5.0)
LEASE_SECONDS = env.float("SIGNALBOX_LEASE_SECONDS", 15.0)
SWEEP_SECONDS = env.float("SIGNALBOX_SWEEP_SECONDS", 2.0)
FETCH_SECONDS = env.float("SIGNALBOX_FETCH_SECONDS", 2.0)
SHORTAGE_SECONDS = env.float("SIGNALBOX_SHORTAGE_SECONDS", 10.0)
REHEARSAL_DELAY = env.float("SIGNALBOX_REHEARSAL_DELAY", 0.02)
ENGINE_VERSION = 1
