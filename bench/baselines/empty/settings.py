"""No database, no apps and, unless `BENCH_MIDDLEWARE` is set, no middleware."""

import os

from bench.baselines.settings import *  # noqa: F403

if os.environ.get("BENCH_MIDDLEWARE"):  # what `startproject` writes, without sessions
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
