"""Settings of the clinic. Few things can be set, each by one variable of the environment.

`THECAL_CLINIC_DIR`
    Folder of the embedded database, the keys and the virtual pumps; `out/clinic` otherwise.
`THECAL_ANCHOR_DIR`
    Folder of the anchors, best on another disk; `anchors` in the folder above otherwise.
`THECAL_ANCHOR_KEY_DIR`
    Folder of the key that signs them; the folder of the anchors otherwise.
`THECAL_DATABASE`
    `postgresql://user:password@host:port/name`; the embedded database otherwise.
`THECAL_HOSTS`
    Names the clinic is served under, comma-separated; this machine alone otherwise.
`THECAL_HTTPS`
    `1` where it is served by HTTPS: cookies are then sent that way only.
`THECAL_PROXY`
    `1` behind a proxy of your own that writes `X-Forwarded-For`: its last address is the sender's.
`THECAL_IDLE_MINUTES`
    After how many minutes without a request a session is over; as `access_rules.csv` otherwise.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from thecal.care.programming.rules import within
from thecal.clinic.access_rules import access_count, access_time
from thecal.clinic.configuration import database, make_folder, secret_key

CLINIC_DIR = make_folder(Path(os.environ.get("THECAL_CLINIC_DIR", "out/clinic")))
ANCHOR_DIR = make_folder(Path(os.environ.get("THECAL_ANCHOR_DIR") or CLINIC_DIR / "anchors"))
ANCHOR_KEY_DIR = make_folder(Path(os.environ.get("THECAL_ANCHOR_KEY_DIR") or ANCHOR_DIR))
PUMP_DIR = make_folder(CLINIC_DIR / "pumps")
BODY_DIR = CLINIC_DIR / "bodies"
CALENDAR_DIR = CLINIC_DIR / "calendars"
HTTPS = os.environ.get("THECAL_HTTPS") == "1"
BEHIND_PROXY = os.environ.get("THECAL_PROXY") == "1"

DEBUG = False
SECRET_KEY = secret_key(CLINIC_DIR)
ALLOWED_HOSTS = os.environ.get("THECAL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "thecal.clinic.urls"
WSGI_APPLICATION = "thecal.clinic.wsgi.application"
DATABASES = {"default": database(os.environ.get("THECAL_DATABASE", ""), CLINIC_DIR)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "thecal.clinic",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "thecal.clinic.web.middleware.short_from_outside",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "thecal.clinic.web.middleware.no_store",
    "thecal.clinic.web.marks.explained_marks",
    "thecal.clinic.web.whole_figures.whole_figures",
    "thecal.clinic.web.middleware.in_one_language",
    "thecal.clinic.web.middleware.session_ends",
    "thecal.clinic.web.middleware.PlainErrors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "thecal.clinic.web.context.standing",
            ],
            "builtins": ["thecal.clinic.templatetags.show"],
        },
    }
]

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["thecal.clinic.access.backend.LockingBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": access_count("login", "password-length")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
OTP_TOTP_ISSUER = "thecal"
LOGIN_FAILURES = access_count("login", "failures")
"""After so many wrong passwords in a row an account is locked for `LOGIN_LOCK`."""
SENDER_FAILURES = access_count("login", "sender-failures")
"""So many wrong passwords within `LOGIN_LOCK` one network address may send; clinics share one."""
LOGIN_LOCK = access_time("login", "lock")
FIRST_PASSWORD_FOR = access_time("login", "first-password")
"""How long a password that an administrator handed out can be used to choose one's own."""

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = HTTPS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
_IDLE_MINUTES = os.environ.get("THECAL_IDLE_MINUTES", "")
SESSION_IDLE = (
    timedelta(minutes=int(_IDLE_MINUTES)) if _IDLE_MINUTES else access_time("session", "idle")
)
SESSION_LONGEST = access_time("session", "longest")
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_FIRST_ACTION = access_time("session", "first-action")
SESSION_REMINDER = access_time("session", "reminder")
SESSION_DRAFTS = within("U02", "draft-kept")
EMERGENCY_FOR = access_time("emergency", "open-for")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = HTTPS
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "thecal.clinic.pages.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
# The figures of a report and those of a page have one style.
STATICFILES_DIRS = [("report", Path(__file__).parents[1] / "report" / "templates")]
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {
            "()": "thecal.clinic.web.quiet_log.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "thecal.clinic": {"handlers": ["console"], "level": "WARNING"},
    },
}
