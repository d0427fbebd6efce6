"""All settings. The environment is read here and nowhere else; docs/operations.md lists the variables.

PRM_MODE=production (the Docker image sets it) refuses to start when something is missing. Any other start is a demo on this
machine: it answers on local names only and brings its own servers unless DATABASE_URL and REDIS_URL name others.
"""

import re
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import pghistory
import pgtrigger
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from prm_portal.embedded import Home

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
problems: list[str] = []


def required(name: str, why: str) -> str:
    """A variable that production cannot do without; all that are missing are reported together."""
    value = env.str(name, default="")
    if PRODUCTION and not value:
        problems.append(f"{name} is not set: {why}.")
    return value


def both_or_none(first: str, second: str) -> tuple[str, str]:
    """Two variables of which one alone is a mistake."""
    values = env.str(first, default=""), env.str(second, default="")
    if bool(values[0]) != bool(values[1]):
        problems.append(f"{first} and {second} belong together: set both or none.")
    return values


def next_database(redis_url: str) -> str:
    """The Redis database after the one in the address: clearing the cache must not empty the queue."""
    url = urlsplit(redis_url)
    if url.scheme == "unix":
        return f"{redis_url.split('?')[0]}?db={int(url.query.removeprefix('db=') or 0) + 1}"
    return url._replace(path=f"/{int(url.path.strip('/') or 0) + 1}").geturl()


# ---- Mode and place

MODE = env.str("PRM_MODE", default="demo")
if MODE not in {"demo", "production"}:
    problems.append(f"PRM_MODE is {MODE!r}: it must be demo or production.")
PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    problems.append("DEBUG must be off in production: it shows settings and data to anybody.")

PRM_HOME = (BASE_DIR / env.str("PRM_HOME", default=".prm")).resolve()
try:
    (PRM_HOME / "uploads").mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"The data folder {PRM_HOME} cannot be used ({error.strerror}): make room for a folder that this user can write "
        "there, or set PRM_HOME to another place."
    ) from None

# ---- Addresses and secrets

PUBLIC_URL = required("PUBLIC_URL", "links in e-mails begin with it, as in https://prm.example.com").rstrip("/")
PORT = env.int("PORT", default=8000)
if not PRODUCTION:
    PUBLIC_URL = PUBLIC_URL or f"http://127.0.0.1:{PORT}"
if PRODUCTION and PUBLIC_URL and urlsplit(PUBLIC_URL).scheme != "https":
    problems.append("PUBLIC_URL must begin with https:// in production: passwords travel to it.")

LOCAL_NAMES = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [*filter(None, [urlsplit(PUBLIC_URL).hostname]), *env.list("ALLOWED_HOSTS", default=[])]
if PRODUCTION:
    if "*" in ALLOWED_HOSTS:
        problems.append(
            "ALLOWED_HOSTS must name hosts: with * a forged Host header decides where links in e-mails lead."
        )
else:
    ALLOWED_HOSTS += LOCAL_NAMES
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.list("CSRF_TRUSTED_ORIGINS", default=[])] if PUBLIC_URL else []

# Packages (SCORM) are other people's programs: they run at an origin of their own, where no cookie of the portal goes.
# With `*.` at its beginning each lesson's package has a name of its own.
SCORM_ORIGIN = env.str("SCORM_ORIGIN", default="" if PRODUCTION else f"http://*.scorm.localhost:{PORT}")
# As browsers write it: in small letters, and without the port that is meant anyway.
SCORM_ORIGIN = SCORM_ORIGIN.rstrip("/").lower()
SCORM_ORIGIN = SCORM_ORIGIN.removesuffix(":443" if SCORM_ORIGIN.startswith("https:") else ":80")
SCORM_HOSTS = []
if SCORM_ORIGIN:
    content = urlsplit(SCORM_ORIGIN)
    content_host = (content.hostname or "").removeprefix("*.")
    own_hosts = [host.lower().strip(".") for host in (urlsplit(PUBLIC_URL).hostname or "", *ALLOWED_HOSTS)]
    if not re.fullmatch(r"https?://(\*\.)?[a-z0-9][a-z0-9.-]*(:\d{1,5})?", SCORM_ORIGIN):
        problems.append("SCORM_ORIGIN must be an origin, as in https://*.example.net.")
    elif PRODUCTION and content.scheme != "https":
        problems.append("SCORM_ORIGIN must begin with https:// in production.")
    elif any(f".{host}".endswith(f".{content_host}") for host in own_hosts) or (
        PRODUCTION and any(host and f".{content_host}".endswith(f".{host}") for host in own_hosts)
    ):
        problems.append(
            "SCORM_ORIGIN must not be a host of the portal, nor above or below one: cookies would reach it."
        )
    SCORM_HOSTS = [f".{content_host}"]
    ALLOWED_HOSTS += SCORM_HOSTS
# Whose pages may show packages in a frame.
PORTAL_ORIGINS = list(CSRF_TRUSTED_ORIGINS)
if PRODUCTION:
    named = [host for host in ALLOWED_HOSTS if host not in SCORM_HOSTS and "*" not in host and host[:1] != "."]
    PORTAL_ORIGINS += [f"https://{host}" for host in named]
else:
    PORTAL_ORIGINS += [f"http://{name}:{PORT}" for name in ("127.0.0.1", "localhost")]
PORTAL_ORIGINS = list(dict.fromkeys(PORTAL_ORIGINS))

SECRET_KEY = required("SECRET_KEY", "it signs sessions and links; 50 random characters or more, and keep it")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if PRODUCTION and SECRET_KEY and len(SECRET_KEY) < 50:
    problems.append("SECRET_KEY is too short: use 50 random characters or more.")
if not SECRET_KEY and not PRODUCTION:
    secret_file = PRM_HOME / "secret_key"
    if secret_file.exists():
        SECRET_KEY = secret_file.read_text()
    else:
        SECRET_KEY = secrets.token_urlsafe(50)
        secret_file.touch(mode=0o600)
        secret_file.write_text(SECRET_KEY)

# ---- Database and broker

required("DATABASE_URL", "the PostgreSQL database, as in postgres://prm_app:password@host:5432/prm")
required("REDIS_URL", "the Redis server for tasks and cache, as in redis://host:6379/0")
home = Home(PRM_HOME, throwaway=env.bool("PRM_THROWAWAY", default=False))
DATABASE_URL = env.str("DATABASE_URL", default="") or home.database_url()
REDIS_URL = env.str("REDIS_URL", default="") or home.redis_url(0)
CACHE_URL = env.str("CACHE_URL", default="") or next_database(REDIS_URL)
# The servers that a command line must bring along, or None where both are somebody else's.
EMBEDDED_HOME = None if env.str("DATABASE_URL", default="") and env.str("REDIS_URL", default="") else home

database = environ.Env.db_url_config(DATABASE_URL)
DATABASES = {
    "default": {
        **database,
        "HOST": unquote(database["HOST"]),  # a folder of sockets is written %2Fso%2Fin a URL
        "ENGINE": "prm_portal.db",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer's transaction pooling gives each transaction another connection.
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("PGBOUNCER", default=False),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "prm_portal.cache.Cache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "prm",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# ---- Applications

INSTALLED_APPS = [
    "prm_portal",
    "communication",
    "training",
    "campaigns",
    "leads",
    "commerce",
    "valuation",
    "partners",
    "approvals",
    "notices",
    "jobs",
    "tenancy",
    "pages",
    "pghistory",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "tenancy.platform.PlatformAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "prm_portal.middleware.HealthMiddleware",
    "tenancy.middleware.OwnDomainMiddleware",
    "prm_portal.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "training.middleware.PackageOriginMiddleware",
    "campaigns.middleware.ClickMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "prm_portal.middleware.NoNullMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "prm_portal.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "tenancy.middleware.ScopeMiddleware",
    "prm_portal.middleware.FormAddressMiddleware",
]

ROOT_URLCONF = "prm_portal.urls"
WSGI_APPLICATION = "prm_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- Sign-in

AUTH_USER_MODEL = "tenancy.User"
ACCOUNT_ADAPTER = "tenancy.adapters.AccountAdapter"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Codes for signing in by mobile number go out through a gateway; the demo writes them to files beside its mail.
SMS_GATEWAY_URL, SMS_GATEWAY_TOKEN = both_or_none("SMS_GATEWAY_URL", "SMS_GATEWAY_TOKEN")
SMS_SENDER = ""  # a function (phone, text); empty: no sign-in by mobile number
if SMS_GATEWAY_URL:
    SMS_SENDER = "prm_portal.sms.send_to_gateway"
elif not PRODUCTION:
    SMS_SENDER = "prm_portal.sms.write_to_file"

ACCOUNT_ADAPTER = "tenancy.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"} if SMS_SENDER else {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"] if SMS_SENDER else ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme or "https"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"certificate": "60/m/ip"}  # beside allauth's own: numbers asked about on the public page

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "PRM"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost

# ---- Headers and cookies

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES  # whose X-Forwarded-For tells the address that lock-out counts by
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# With this prefix browsers take them from this host alone: no page of another name below the same domain can set them.
SESSION_COOKIE_NAME = "__Host-prm_session" if PRODUCTION else "prm_session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
LANGUAGE_COOKIE_SECURE = PRODUCTION

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler draws its form controls with data: pictures
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# ---- Languages

LANGUAGE_CODE = "en"
LANGUAGES = [("ko", _("Korean")), ("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# ---- Files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(PRM_HOME / "static")))
MEDIA_ROOT = PRM_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Uploads are streamed to disk, whatever their size, and beside where they stay, so that keeping one is a rename.
FILE_UPLOAD_HANDLERS = ["tenancy.files.UploadHandler"]
FILE_UPLOAD_TEMP_DIR = PRM_HOME / "uploads"
FILE_UPLOAD_PERMISSIONS = 0o600
# Looks at every upload before it is kept: a command that gets the path, or a function's dotted name (tenancy.files).
UPLOAD_SCANNER = env.str("UPLOAD_SCANNER", default="")

# ---- E-mail

EMAIL_URL = required("EMAIL_URL", "the mail server, as in smtp+tls://user:password@host:587")
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "who e-mails come from, as in PRM <prm@example.com>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = DEFAULT_FROM_EMAIL or "PRM <prm@prm.example>"
if EMAIL_URL:
    mail = environ.Env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND = mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = mail["EMAIL_HOST"], mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = PRM_HOME / "mail"
SMS_FILE_PATH = PRM_HOME / "mail"

# ---- Campaigns

# Messengers and text messages go out through a gateway; the demo writes them to files beside its mail.
MESSAGE_GATEWAY_URL, MESSAGE_GATEWAY_TOKEN = both_or_none("MESSAGE_GATEWAY_URL", "MESSAGE_GATEWAY_TOKEN")
MESSAGE_GATEWAY = ""  # a class of campaigns.gateway; empty: no messengers and text messages
if MESSAGE_GATEWAY_URL:
    MESSAGE_GATEWAY = "campaigns.gateway.HttpGateway"
elif not PRODUCTION:
    MESSAGE_GATEWAY = "campaigns.gateway.FileGateway"
# What gateways and mail services report is signed with this; without it nothing is taken.
CAMPAIGN_WEBHOOK_SECRET = env.str("CAMPAIGN_WEBHOOK_SECRET", default="")
# Where mail that comes back arrives: imaps://user:password@host/INBOX or maildir:///var/mail/bounces.
CAMPAIGN_BOUNCE_MAILBOX = env.str("CAMPAIGN_BOUNCE_MAILBOX", default="")

# ---- Tasks

broker = urlsplit(REDIS_URL)
if broker.scheme == "unix":
    CELERY_BROKER_URL = f"redis+socket://{broker.path}?virtual_host={broker.query.removeprefix('db=') or 0}"
else:
    CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # results are rows: jobs.Job
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Long, since a short one runs long tasks twice; jobs of a killed worker come back by their lease (jobs.tasks).
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": timedelta(hours=12).total_seconds()}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# Written to the schedules in Django admin by migrate where they are missing; there they can be changed.
# Name: task, and either a crontab line or seconds between runs.
SCHEDULES: dict[str, tuple[str, str | int]] = {
    "Jobs that lost their worker": ("jobs.sweep", 30),
    "Leads that arrived, and offers that end": ("leads.sweep", 15),
    "Mails of notices that are due": ("notices.sweep", 60),
    "Announcements that begin or end": ("communication.sweep", 60),
    "Quizzes whose time is over": ("training.sweep", 60),
    "Live sessions: seats of people who left, and reminders": ("training.sweep_sessions", 60),
    "Points for learning": ("training.count_all_points", "45 * * * *"),
    "Learning programmes, where it is night": ("training.assign_all_programmes", "45 * * * *"),
    "Learning programmes that are due or late, where it is morning": (
        "training.remind_all_of_programmes",
        "30 * * * *",
    ),
    "Messages of campaigns that are due": ("campaigns.sweep", 30),
    "Mails of campaigns that came back": ("campaigns.read_bounces", 300),
    "Mails of partners to their own customers": ("campaigns.sweep_own", 30),
    "Sequences: who enters, and whose next step is due": ("campaigns.sweep_sequences", 300),
    "Invitations and answers not mailed yet": ("tenancy.queue_waiting_mails", 300),
    "Greetings not mailed yet": ("partners.queue_waiting_greetings", 300),
    "Greetings that go out by themselves, where it is morning": ("partners.send_all_due_greetings", "25 * * * *"),
    "Approvals whose time is over": ("approvals.escalate_overdue", 300),
    "Mails to applicants not sent yet": ("partners.queue_applicant_mails", 300),
    "Grades, where it is night": ("valuation.recompute_all_grades", "30 * * * *"),
    "Duplicates, where it is night": ("partners.find_all_duplicates", "50 * * * *"),
    "Audiences, where it is night": ("partners.recount_all_audiences", "20 * * * *"),
    "Learners who fall behind, where the night ends": ("training.look_after_all", "45 * * * *"),
    "Scores of leads, where it is night": ("leads.look_after_all_scores", "40 * * * *"),
    "Agreements and papers, where it is morning": ("partners.look_through_all_agreements", "10 * * * *"),
    "Protections of deals that have ended": ("leads.end_all_protections", 60),
    "Protections of deals that end soon, where it is morning": ("leads.remind_of_all_protections", "5 * * * *"),
    "Proof of the logs of claims, where it is night": ("leads.prove_all_claims", "40 * * * *"),
    "Steps of journeys done meanwhile": ("partners.check_all_journeys", 600),
    "Proposed stages and reminders, where it is morning": ("partners.look_at_every_life_cycle", "10 * * * *"),
    "Announcements: newcomers and reminders, where it is morning": ("communication.turn_all", "10 * * * *"),
    "Campaigns whose next step is due, where it is morning": ("campaigns.turn_all", "10 * * * *"),
    "Funds: last days and what goes back, where it is morning": ("campaigns.turn_all_funds", "10 * * * *"),
    "Initiatives: steps that are due, and what is over, where it is morning": (
        "campaigns.turn_all_initiatives",
        "20 * * * *",
    ),
    "People told of what they agreed to, where it is morning": ("campaigns.remind_all_of_consents", "50 * * * *"),
    "Clicks on links of campaigns": ("campaigns.count_all", 60),
    "What came back on campaigns, and at night their orders": ("campaigns.measure_all", "25 * * * *"),
    "Opportunities and forecast, where it is morning": ("leads.look_through_all_opportunities", "15 * * * *"),
    "Credits for direct sales, and channel conflicts": ("leads.find_all_conflicts", "35 18 * * *"),
    "Previews of material not drawn yet": ("campaigns.sweep_previews", 120),
    "Material that begins or ends": ("campaigns.look_through_all_assets", "2 * * * *"),
    "Qualifications that run out, when the day begins": ("partners.settle_all_qualifications", "5 * * * *"),
    "Certificates: warnings and renewals, where it is morning": ("training.turn_all_certificates", "15 * * * *"),
    "Reminders of tasks, in the morning": ("partners.remind_everybody_of_tasks", "40 * * * *"),
}

# ---- History

PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# ---- Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if PRODUCTION else "WARNING", "propagate": True},
    },
}

if problems:
    raise ImproperlyConfigured("The portal cannot start:\n" + "\n".join(f"- {problem}" for problem in problems))
