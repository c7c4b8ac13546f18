"""All settings, read top to bottom; what differs between installations comes from the environment."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from budget_portal import local_services

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where things are ---------------------------------------------------------------
VAR = Path(env.str("PORTAL_VAR", default="") or BASE_DIR / "var").resolve()
MEDIA_ROOT = VAR / "files"
OUTBOX_DIR = VAR / "outbox"  # mail and SMS of a local run (decision 27)


def _local_secret() -> str:
    """A key of this installation, made once and kept under var/ (never in the repository)."""
    path = VAR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _local_secret()
# Keys under which senders' identities and complaint codes are kept, the newest first; empty: SECRET_KEY.
PERSONAL_DATA_KEYS = env.list("PERSONAL_DATA_KEYS", default=[])
# Keys under which signers' private keys are sealed, the newest first; empty: SECRET_KEY.
SIGNING_KEYS = env.list("SIGNING_KEYS", default=[])
SIGNATURE_BACKEND = env.str("SIGNATURE_BACKEND", default="monitoring.signing.backends.ServerHeld")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies write X-Forwarded-For
DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="payesh-1405")

# --- applications ---------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "rest_framework",
    "budget_portal",
    "accounts",
    "agreements",
    "monitoring",
    "complaints",
    "reports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "budget_portal.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "budget_portal.middleware.NullCharacterMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "accounts.middleware.ActingMembershipMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "budget_portal.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "budget_portal.urls"
WSGI_APPLICATION = "budget_portal.wsgi.application"
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
                "accounts.context.portal",
            ],
            "builtins": ["budget_portal.templatetags.portal", "heroicons.templatetags.heroicons"],
            "libraries": {"jformat": "django_jalali.templatetags.jformat"},
        },
    }
]
FORM_RENDERER = "budget_portal.forms.PortalFormRenderer"

# --- database, queue, cache -------------------------------------------------------------
_database_named = env.str("DATABASE_URL", default="")
DATABASES = {
    "default": env.db_url("DATABASE_URL") if _database_named else local_services.database_settings(VAR)
}
DATABASES["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis_socket = local_services.redis_socket(VAR)
_redis_url = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = _redis_url or f"redis+socket://{_redis_socket}?virtual_host=0"
# The cache has a database of its own: clearing it must not empty the queue.
REDIS_CACHE_URL = (
    urlsplit(_redis_url)._replace(path="/1").geturl() if _redis_url else f"unix://{_redis_socket}?db=1"
)
CACHES = {"default": {"BACKEND": "budget_portal.cache.EntranceRedisCache", "LOCATION": REDIS_CACHE_URL}}

# Signed lines of the audit's checkpoints; keep copies of this file on another machine.
AUDIT_COPY = env.str("AUDIT_COPY", default=str(VAR / "audit-checkpoints.log"))

# --- work in the background ---------------------------------------------------------------
OUTBOX_RESEND_SECONDS = env.int("OUTBOX_RESEND_SECONDS", default=20)  # sent, not done: lost by the queue
OUTBOX_ATTEMPTS = env.int("OUTBOX_ATTEMPTS", default=10)  # then a person must look
JOB_HEARTBEAT_SECONDS = env.float("JOB_HEARTBEAT_SECONDS", default=10)
JOB_ABANDONED_SECONDS = env.float("JOB_ABANDONED_SECONDS", default=60)  # silent so long: its worker is dead
JOB_ATTEMPTS = env.int("JOB_ATTEMPTS", default=3)

# --- people -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/inbox/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE; nobody is asked
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,5/15m/key"
}  # five wrong passwords, then a quarter of an hour
ACCOUNT_FORMS = {
    "login": "accounts.forms_entrance.LoginForm",
    "reset_password": "accounts.forms_entrance.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms_entrance.ResetPasswordKeyForm",
    "change_password": "accounts.forms_entrance.ChangePasswordForm",
    "set_password": "accounts.forms_entrance.SetPasswordForm",
    "reauthenticate": "accounts.forms_entrance.PasswordAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "پایش بودجه"
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift
MFA_FORMS = {
    "authenticate": "accounts.forms_entrance.CodeForm",
    "reauthenticate": "accounts.forms_entrance.CodeAgainForm",
    "activate_totp": "accounts.forms_entrance.ActivateForm",
}
# Decision 24: roles that must sign in, and sign, with a second factor; the demo switches it off and says so.
SECOND_FACTOR_ROLES = env.list(
    "SECOND_FACTOR_ROLES",
    default=[] if DEMO else ["treasurer", "consolidation", "budget_deputy", "org_head", "admin"],
)

# --- language, time, files ------------------------------------------------------------------
LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Tehran"
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "budget_portal.static_storage.StaticStorage"},
}
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_QUOTA_BYTES = env.int("UPLOAD_QUOTA_BYTES", default=50 * 1024**3)  # per organization; 0: no limit
UPLOAD_SCANNER = env.str("UPLOAD_SCANNER", default="")  # dotted path of `scan(path) -> str`: what it found
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- web security ------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from inside, past the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The two warnings that only a server behind TLS can satisfy are answered by HTTPS=1.
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]

# --- API -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_keys.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "budget_portal.api_output.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["budget_portal.api_filters.FilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["budget_portal.api_output.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["budget_portal.api_output.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "budget_portal.api.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "PAGE_SIZE": 100,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "پایش بودجه",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "validatorUrl": None,  # asks no other host
        "docExpansion": "none",  # a hundred open operations would take seconds to draw
        "defaultModelsExpandDepth": -1,
        "filter": True,
    },
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # Choices stay with their fields: two dozen fields are called «state» or «kind».
    "POSTPROCESSING_HOOKS": ["budget_portal.api_schema.add_refusals"],
}

# --- mail, log ---------------------------------------------------------------------------------------
EMAIL_BACKEND = "budget_portal.messages_out.RecordingEmailBackend"
EMAIL_URL = env.str("EMAIL_URL", default="")  # empty: mail goes to var/outbox/ and the administrator's page
SMS_GATEWAY = env.str("SMS_GATEWAY", default="")  # dotted path of `send(to, text)`; empty: as for mail
SMS_URL = env.str("SMS_URL", default="")  # of budget_portal.sms_http.send
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_SENDER = env.str("SMS_SENDER", default="")
SMS_TIMEOUT = env.float("SMS_TIMEOUT", default=10.0)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
# Trials only: mails that wait for office hours go at once.
MAIL_AT_ANY_HOUR = env.bool("MAIL_AT_ANY_HOUR", default=False)
