"""Local PostgreSQL and Valkey for a start without servers: where they listen, how they are kept alive."""

import hashlib
import tempfile
from pathlib import Path


def socket_dir(var: Path) -> Path:
    """Directory of both sockets; short, because socket paths are limited to about 107 characters."""
    digest = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"portal-{digest}"


def database_settings(var: Path) -> dict[str, object]:
    """Django's DATABASES entry of the local server."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "portal",
        "HOST": str(socket_dir(var)),
    }


def redis_socket(var: Path) -> Path:
    return socket_dir(var) / "valkey.sock"
