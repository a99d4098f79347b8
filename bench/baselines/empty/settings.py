"""Nothing but what the baselines share."""

from bench.baselines.settings import *  # noqa: F403
