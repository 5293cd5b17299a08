"""Static files as in production, hashed and compressed; everything else as in development."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import STORAGES

STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "config.staticfiles.StaticStorage"}}
WHITENOISE_USE_FINDERS = False
