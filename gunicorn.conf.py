"""The web server: a few threads in two processes; behind a proxy in production, alone in the demo."""

import gc
import multiprocessing
import os

bind = f"{os.environ.get('PORTAL_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", min(4, max(2, multiprocessing.cpu_count()))))
threads = 8
preload_app = True  # one import for all processes: quicker to start, less memory
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Heartbeat files on a disk can block a process; memory is there on every Linux.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
limit_request_line = 8190
errorlog = "-"
accesslog = None  # django-structlog writes each request


def when_ready(server: object) -> None:
    """What is loaded before the fork stays: the collector need not look at it, nor copy its pages."""
    gc.freeze()
