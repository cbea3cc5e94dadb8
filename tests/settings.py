"""Settings for tests: a folder that goes away, and the database that MIRYLO_TEST_DATABASE_URL names, else SQLite."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="mirylo-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["MIRYLO_FOLDER"] = _folder
os.environ.pop("DATABASE_URL", None)
if url := os.environ.get("MIRYLO_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url

from mirylo.config.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["*"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
