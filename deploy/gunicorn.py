"""gunicorn in production: behind nginx, on a socket that only nginx reaches."""

import multiprocessing
import os

bind = os.environ.get("PORTAL_BIND", "unix:/run/quartiersportal/gunicorn.sock")
workers = int(os.environ.get("PORTAL_WORKERS", multiprocessing.cpu_count() + 1))
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 30
# The proxy overwrites X-Forwarded-For and X-Forwarded-Proto; Django decides whether to believe it.
forwarded_allow_ips = "*"
# Paths carry tokens of invitations and password resets: nginx logs what is fit to be logged.
accesslog = None
loglevel = "warning"
