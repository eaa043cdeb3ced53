"""Settings. Everything that differs between machines comes from the environment.

``docs/betrieb.md`` lists the variables. ``PORTAL_DEMO=1`` serves the sample city and needs
nothing else; everywhere else a missing secret stops the start.
"""

import os
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"


def flag(name: str) -> bool:
    return os.environ.get(name, "") == "1"


def number(name: str, default: int) -> int:
    typed = os.environ.get(name, str(default))
    if not typed.isdecimal():
        raise ImproperlyConfigured(f"{name} is “{typed}”; it must be a whole number.")
    return int(typed)


def words(name: str, default: str = "") -> list[str]:
    return os.environ.get(name, default).split()


# --- Who we are --------------------------------------------------------------------------------
DEMO = flag("PORTAL_DEMO")
DEBUG = False
PORTAL_NAME = "Quartiersportal"
PORTAL_CITY = os.environ.get("PORTAL_CITY", "Mönchengladbach" if DEMO else "")
# The demo opens in the middle of the sample term, not today, so that it shows a lively present.
PORTAL_DAY = date(2016, 12, 1) if DEMO else None
# The Land whose public holidays count, as ISO 3166-2:DE names it without "DE-".
PORTAL_LAND = os.environ.get("PORTAL_LAND", "NW")
# Weekly hours of one full-time equivalent: 39 in municipal service (TVöD-VKA, § 6 Abs. 1).
FULL_TIME_WEEKLY_HOURS = Decimal(os.environ.get("PORTAL_WEEKLY_HOURS", "39"))

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "only-for-the-demo" if DEMO else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "DJANGO_SECRET_KEY is not set. Set it to a long random string, "
        "or set PORTAL_DEMO=1 to try the sample city."
    )
SECRET_KEY_FALLBACKS = words("DJANGO_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = words("DJANGO_ALLOWED_HOSTS", "127.0.0.1 localhost" if DEMO else "")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "DJANGO_ALLOWED_HOSTS is not set. Set it to the portal's host name, "
        "several separated by spaces."
    )
# Where the portal is reached, for links in mails that no request has asked for.
FIRST_HOST = ALLOWED_HOSTS[0].lstrip(".")
PORTAL_URL = os.environ.get("PORTAL_URL", "").rstrip("/") or (
    "http://127.0.0.1:8000" if DEMO else "" if FIRST_HOST == "*" else f"https://{FIRST_HOST}"
)
if PORTAL_URL and not re.fullmatch(r"https?://[^\s/?#]+", PORTAL_URL):
    raise ImproperlyConfigured(
        f"PORTAL_URL is “{PORTAL_URL}”; it must be an address like https://portal.example.org."
    )
# Proxies in front of us that overwrite X-Forwarded-For and X-Forwarded-Proto. With none, both
# headers come from the visitor and are not believed.
PROXIES = number("PORTAL_PROXIES", 0 if DEMO else 1)

# --- Open data ---------------------------------------------------------------------------------
# Released council reports for everybody; without the switch none of these pages exists.
PORTAL_OPEN_DATA = os.environ.get("PORTAL_OPEN_DATA", "1" if DEMO else "") == "1"
# Whom to ask about the data: a mail address, or the address of a page with a form.
PORTAL_OPEN_DATA_CONTACT = os.environ.get("PORTAL_OPEN_DATA_CONTACT", "")
# The city's official key: of the municipality (8 digits) or the region (12 digits).
PORTAL_CITY_KEY = os.environ.get("PORTAL_CITY_KEY", "05116000" if DEMO else "")
# Who delivers data to GovData has an address of its own in its list of contributors.
PORTAL_CONTRIBUTOR_ID = os.environ.get("PORTAL_CONTRIBUTOR_ID", "")
ADDRESS = r"[^\s<>\"{}|\\^`]+"  # what may stand in an IRI
if PORTAL_OPEN_DATA and not PORTAL_CITY:
    raise ImproperlyConfigured(
        "PORTAL_CITY is not set. Open data need it: the licence names who publishes."
    )
if PORTAL_OPEN_DATA_CONTACT and not re.fullmatch(
    rf"https?://{ADDRESS}|[\w.+-]+@[\w.-]+", PORTAL_OPEN_DATA_CONTACT
):
    raise ImproperlyConfigured(
        f"PORTAL_OPEN_DATA_CONTACT is “{PORTAL_OPEN_DATA_CONTACT}”; it must be a mail address or "
        "an address like https://stadt.example.org/kontakt."
    )
if PORTAL_CITY_KEY and not re.fullmatch(r"[0-9]{8}|[0-9]{12}", PORTAL_CITY_KEY):
    raise ImproperlyConfigured(
        f"PORTAL_CITY_KEY is “{PORTAL_CITY_KEY}”; it must have 8 or 12 digits."
    )
if PORTAL_CONTRIBUTOR_ID and not re.fullmatch(rf"https?://{ADDRESS}", PORTAL_CONTRIBUTOR_ID):
    raise ImproperlyConfigured(
        f"PORTAL_CONTRIBUTOR_ID is “{PORTAL_CONTRIBUTOR_ID}”; it must be an address like "
        "http://dcat-ap.de/def/contributors/…"
    )

# --- For everybody -----------------------------------------------------------------------------
# Who is the contact person where, and what is offered, without signing in.
PORTAL_FINDER = os.environ.get("PORTAL_FINDER", "1" if DEMO else "") == "1"
# Volunteers may ask back by a public form. It needs a mail server.
PORTAL_DESK = os.environ.get("PORTAL_DESK", "1" if DEMO else "") == "1"
# How often a form for everybody is sent: by one visitor, and in the name of one address.
PORTAL_FORM_LIMITS = {"visitor": "10/h/key,30/d/key", "address": "5/h/key,10/d/key"}
# How often somebody who works for an agency may ask whether another one looks after somebody.
PORTAL_ACCOUNT_LIMITS = {"account": "300/d/key"}

# --- What runs ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "coordination.demo",
    "coordination.overview",
    "coordination.retention",
    "coordination.people",
    "coordination.public",
    "coordination.council.summary",
    "coordination.council",
    "volunteers.desk",
    "volunteers",
    "coordination.budget",
    "agencies.reports",
    "agencies.activity",
    "agencies.offers",
    "agencies.lists",
    "agencies",
    "districts",
    "coordination.audit",
    "coordination.access",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "coordination.requests.SafeHeaders",
    "django.middleware.gzip.GZipMiddleware",  # pads against BREACH since Django 4.2
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coordination.requests.RefuseMalformed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coordination.access.sessions.SessionLimits",
    "coordination.requests.SignInRequired",
    "agencies.actors.ActorMiddleware",
    "coordination.access.second_factor.SecondFactorRequired",
    "coordination.as_of.AsOfMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "coordination.urls"
WSGI_APPLICATION = "coordination.wsgi.application"
FORM_RENDERER = "coordination.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coordination.context.portal",
            ],
            "libraries": {"portal": "coordination.context"},
        },
    }
]

# --- Where it is kept --------------------------------------------------------------------------
SQLITE_FILE = BASE_DIR / "build" / ("demo.sqlite3" if DEMO else "portal.sqlite3")
DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{quote(str(SQLITE_FILE))}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {
        # Writers queue instead of failing, and what was acknowledged is on disk.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
            # What was erased is overwritten, and does not linger in free pages of the file.
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASE["OPTIONS"] = {
        "options": "-c statement_timeout=10000 -c lock_timeout=5000",  # milliseconds
        **DATABASE.get("OPTIONS", {}),
        "pool": {"timeout": 5, "min_size": 1, "max_size": number("DATABASE_POOL_SIZE", 8)},
    }
    DATABASE["CONN_HEALTH_CHECKS"] = True  # a restarted database costs no request
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all workers: a cache per process would let each of them count sign-ins anew.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # What is over this is thrown out, whether it still counts or not: room for an attack.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Pages of released reports, which never change: each process keeps some as they were rendered.
    "renderings": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "renderings",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 40},
    },
    # The card of each district as PDF, by language and postal code: some thirty kilobytes each.
    "cards": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "cards",
        "TIMEOUT": 86_400,  # they say which day it is
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    # The files of open data, packed: forty kilobytes a release.
    "datasets": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "datasets",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}

# --- Who may come in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email", "name"]}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview:start"
ACCOUNT_ADAPTER = "coordination.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reaches only its address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a changed password or second factor
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,30/5m/ip",
    "login": "60/m/ip",
    "reset_password": "20/m/ip,5/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "manage_email": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
MFA_ADAPTER = "coordination.access.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = PORTAL_NAME
REQUIRE_SECOND_FACTOR = not DEMO
USERSESSIONS_TRACK_ACTIVITY = False  # would write on every GET

SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_IDLE_LIMIT = timedelta(minutes=30)  # for roles that see the whole city
SESSION_ABSOLUTE_LIMIT = timedelta(hours=12)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
COOKIE_PREFIX = "" if DEMO else "__Host-"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sitzung"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}sprache"
ACTIVITY_COOKIE_NAME = f"{COOKIE_PREFIX}aktiv"
# Messages wait in a signed cookie: in the session they would make the next GET write.
MESSAGE_STORAGE = "coordination.requests.MessageCookie"

CSRF_FAILURE_VIEW = "coordination.errors.csrf_failure"
SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^gesund/$", r"^bereit/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # KERN's icons are masks with data: URLs
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- What it may take --------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
IMPORT_MAX_BYTES = 20_000_000  # one file of districts
DOCUMENT_MAX_BYTES = 10_000_000  # one agreement or receipt

# --- Language, time, mail, files ---------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "coordination" / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

DEFAULT_FROM_EMAIL = os.environ.get("PORTAL_MAIL_FROM", "portal@example.org")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEMO else 'smtp'}.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
EMAIL_TIMEOUT = 10

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("kern", BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coordination.logs.JsonFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            **({} if DEMO else {"formatter": "json"}),
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django would also mail errors, with everything the request said, to ADMINS.
    "loggers": {"django": {"handlers": [], "level": "WARNING"}},
}
