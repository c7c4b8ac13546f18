"""The peer of W2: Django's own admin over the portal's tables, with the middleware of a new project."""

from benchmarks.bare import settings as bare
from benchmarks.settings import *  # noqa: F403

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # the portal's models do not load without it
]
TEMPLATES = bare.TEMPLATES
ROOT_URLCONF = "benchmarks.bare.admin_urls"
