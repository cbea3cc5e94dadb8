"""Settings of the web application: where its data lie, which database it uses, how long and large a request may be.

Everything that differs between a council's computer and a ministry's cluster is an environment variable:

    MIRYLO_FOLDER        where the database file, facts and results lie; `var` beside the checkout if not given
    DATABASE_URL         another database, such as postgres://user@host/name; SQLite in the folder if not given
    MIRYLO_HOSTS         names under which people reach the site, with commas; only this machine if not given
    MIRYLO_SECRET        what signatures are made with; made once and kept in the folder if not given
    MIRYLO_TIMEZONE      local time; Europe/Kyiv if not given
    MIRYLO_COMPARE       dates or moments: how on time is judged where a source states when a case is due
    MIRYLO_METHODOLOGY   folder of indicators; that of the checkout if not given
    MIRYLO_DEMO          says on every page that the country is invented; `mirylo serve --demo` sets it
"""

import os
from pathlib import Path

import dj_database_url

from mirylo.config.secret import keep_secret

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("MIRYLO_FOLDER", ROOT / "var")).resolve()
FOLDER.mkdir(parents=True, exist_ok=True)
METHODOLOGY = Path(os.environ.get("MIRYLO_METHODOLOGY", ROOT / "methodology"))
LAKE = FOLDER / "facts"
RESULTS = FOLDER / "results"
IS_DEMO = bool(os.environ.get("MIRYLO_DEMO")) or (FOLDER / "demo").is_dir()
"""Whether what is shown is invented; a folder of a demo is one for ever, whoever serves it."""

SECRET_KEY = os.environ.get("MIRYLO_SECRET") or keep_secret(FOLDER / "secret")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("MIRYLO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "django_q",
    "mirylo.domain.registers",
    "mirylo.domain.intake",
    "mirylo.domain.cases",
    "mirylo.domain.indicators",
    "mirylo.web.ui",
    "mirylo.web.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mirylo.web.ui.policy.PolicyMiddleware",
    "mirylo.web.ui.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mirylo.web.api.problems.tell_wrong_methods",
]
ROOT_URLCONF = "mirylo.config.urls"
WSGI_APPLICATION = "mirylo.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"environment": "mirylo.web.ui.environment.make_environment"},
    }
]

# Connections are kept; one that the server dropped meanwhile is noticed before it is used.
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{FOLDER / 'mirylo.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With Django's defaults most writes beside each other fail: a reader that starts to write cannot wait its turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
        "PRAGMA wal_autocheckpoint=10000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

Q_CLUSTER = {
    "name": "mirylo",
    "orm": "default",
    "workers": 2,
    "timeout": 50,
    "retry": 60,
    "max_attempts": 5,
    "catch_up": False,
    "bulk": 1,
    "poll": 1,
    "save_limit": 200,
    "log_level": "WARNING",
}
"""Jobs: one that failed, or whose worker was killed, is taken up again `retry` seconds after it was begun. A job that
may take longer says so itself, and being begun again meanwhile does it no harm."""

TIME_ZONE = os.environ.get("MIRYLO_TIMEZONE", "Europe/Kyiv")
COMPARE = os.environ.get("MIRYLO_COMPARE", "dates")
"""Whether on time is judged by local dates, as the law has it, or by moments where a source states them."""
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATICFILES_DIRS = [("display", ROOT / "mirylo" / "display" / "styles")]
STATIC_ROOT = FOLDER / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

LARGEST_BODY = 32 * 2**20
"""Bytes of a request as it comes."""
LARGEST_TEXT = 128 * 2**20
"""Bytes of a request once its gzip is undone."""
MOST_LINES = 50_000
"""Lines that one request may hold."""
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY + 2**16
