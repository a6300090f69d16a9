"""The one settings module, driven by the environment (see `.env.example`).

Without any setting the service is embedded: SQLite and a file-based broker under `data/`, no server needed.
`DATABASE_URL` and `REDIS_URL` switch the same code to PostgreSQL and Redis.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret(path: Path) -> str:
    """The secret of this installation: made at the first start, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret(DATA_DIR / "secret-key")
# This machine's own names always count: health checks come by them.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    # Before the admin, so that their templates stand in the place of its own.
    "findings",
    "tracking",
    "peeltrack.apps.PeeltrackAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "axes",
]
MIDDLEWARE = [
    "peeltrack.requests.RequestId",
    "peeltrack.uploads.OnlyUtf8",
    "peeltrack.requests.RateStated",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "peeltrack.urls"
WSGI_APPLICATION = "peeltrack.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "peeltrack" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """PostgreSQL or SQLite from DATABASE_URL, with the options that keep either from losing or blocking writes."""
    address = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'peeltrack.sqlite3'}"
    found: dict[str, Any] = env.db_url_config(address)
    # Short transactions only: a request that merely reads must not hold SQLite's one write lock.
    found["ATOMIC_REQUESTS"] = False
    if "sqlite" in found["ENGINE"]:
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        }
        # Tests use a file as well: only a file locks as the service's own database does.
        found["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
        return found
    found["CONN_MAX_AGE"] = 60
    found["CONN_HEALTH_CHECKS"] = True
    # Compiling a large question took PostgreSQL seconds where answering it takes milliseconds: how findings stood on a past
    # day, counted, went from 7 seconds to a tenth of one without.
    limits = "-c jit=off -c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    # What the address itself asks for (such as sslmode) stands.
    found["OPTIONS"] = {"connect_timeout": 3, "options": limits, **found.get("OPTIONS", {})}
    return found


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tracking.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "tracking.access.MembershipBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "peeltrack.errors.not_from_here"
LOGIN_URL = "admin:login"
# How long the links of invitations and of forgotten passwords hold.
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# By account, not by address: an address is easily changed, and one office shares one.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # wants addresses; it fears lock-outs keyed on what a client can rotate, which a username is not
    "security.W005",  # sub-domains and
    "security.W021",  # preload lists are for the owner of the domain to decide
]
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "peeltrack.errors.locked_out"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "documents"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "peeltrack.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# The container's own health checks speak plain HTTP to this process.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
X_FRAME_OPTIONS = "DENY"
# Pages take scripts, styles and pictures from this service alone, and none from within themselves.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="peeltrack <peeltrack@localhost>")
EMAIL_TIMEOUT = 10
# Where the links in e-mails lead.
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000")

# What a program that collects /metrics must send as its bearer token. Without it there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Webhooks go out to public addresses over HTTPS; true also lets them go to this network, and over HTTP.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)
# The origins whose pages may call the API from a browser; none without the setting.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = ["ETag", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"]

# How many requests to the API a person may make in a minute, and somebody unknown (who can only sign in).
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)
API_SIGN_INS_PER_MINUTE = env.int("API_SIGN_INS_PER_MINUTE", default=30)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tracking.api.authentication.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tracking.api.permissions.IsMember", "tracking.api.permissions.WithinScope"],
    "DEFAULT_THROTTLE_CLASSES": ["tracking.api.throttles.Fair"],
    "NUM_PROXIES": env.int("PROXIES", default=0),
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["findings.api.parsing.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "findings.api.paging.Pages",
    "DEFAULT_FILTER_BACKENDS": ["findings.api.filters.NamedFilters", "findings.api.filters.NamedOrdering"],
    "DEFAULT_SCHEMA_CLASS": "tracking.api.documented.Documented",
    "URL_FORMAT_OVERRIDE": None,  # lists answer `format` themselves
    "EXCEPTION_HANDLER": "peeltrack.errors.problem",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "peeltrack",
    "DESCRIPTION": "What the inspectorate found in police forces of England and Wales, and where each finding stands.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "peeltrack.schema.document_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Status": "tracking.vocabulary.Status.choices",
        "Grade": "findings.grades.Grade.choices",
        "Scale": "findings.grades.Scale.choices",
        "FindingKind": "findings.vocabulary.FindingKind.choices",
        "Scope": "findings.vocabulary.Scope.choices",
        "Pillar": "findings.vocabulary.Pillar.choices",
        "Outcome": "findings.vocabulary.Outcome.choices",
        "Precision": "findings.vocabulary.Precision.choices",
        "Position": "tracking.vocabulary.Position.choices",
        "Basis": "tracking.vocabulary.Basis.choices",
        "AssessmentState": "tracking.vocabulary.AssessmentState.choices",
        "DecisionAnswer": "tracking.vocabulary.Decision.choices",
        "Rag": "tracking.vocabulary.Rag.choices",
        "DateKind": "tracking.vocabulary.DateKind.choices",
        "DateCause": "tracking.vocabulary.DateCause.choices",
        "NoteState": "tracking.vocabulary.NoteState.choices",
        "TokenScope": "tracking.vocabulary.TokenScope.choices",
        "EventKind": "tracking.vocabulary.EventKind.choices",
        "DeliveryState": "tracking.vocabulary.DeliveryState.choices",
        "ResponseState": "tracking.vocabulary.ResponseState.choices",
    },
}

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # With Redis shared by all processes. Without it each counts by itself; the embedded service has one that answers.
    "throttles": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("QUEUE", default="peeltrack"),
        # A frozen server must not hold a request up.
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "throttles",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
_QUEUE = DATA_DIR / "queue"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Redis gives unacknowledged work back after the visibility timeout, which is longer than any task may take; both "unacked" options are needed
    # for it to happen promptly after a worker was killed.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": env.int("QUEUE_HIDDEN_SECONDS", default=900),
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
    }
else:
    for folder in ("in", "control"):
        (_QUEUE / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE / "in"),
        "data_folder_out": str(_QUEUE / "in"),
        "control_folder": str(_QUEUE / "control"),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env.str("QUEUE", default="peeltrack")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Where tests have a process die (`tracking.failpoints`); no installation sets it.
FAILPOINT = env.str("FAILPOINT", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "peeltrack.requests.WithRequestId"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "tracking": {"level": "INFO"},
        "findings": {"level": "INFO"},
        # The file-based broker has no host, and says so at every start.
        "kombu.connection": {"level": "ERROR"},
        # Says of every paper which rules of its style are for screens alone.
        "weasyprint": {"level": "ERROR"},
    },
}
