"""One app more."""

from bench.baselines.settings import *  # noqa: F403
