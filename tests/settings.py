"""Settings for the test run: the production ones, with a test key and cheap password hashing."""

import os

os.environ["PORTAL_DEMO"] = "0"
os.environ["DJANGO_SECRET_KEY"] = "only-for-the-tests"
os.environ["DJANGO_ALLOWED_HOSTS"] = "testserver localhost 127.0.0.1"
os.environ["PORTAL_CITY"] = "Musterstadt"
os.environ["PORTAL_OPEN_DATA"] = "1"
os.environ["PORTAL_FINDER"] = "1"
os.environ["PORTAL_DESK"] = "1"

from coordination.settings import *  # noqa: F403
from coordination.settings import DATABASE, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False  # the test client speaks plain HTTP
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # In a file, not in memory: threads that write at the same moment need one database.
    DATABASE["TEST"] = {"NAME": f"{DATABASE['NAME']}.test"}
