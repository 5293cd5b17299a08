#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs.exceptions import EnvError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018
    except (EnvError, ImproperlyConfigured, ValueError) as wrong:
        sys.exit(complain(wrong))
    execute_from_command_line(sys.argv)


def complain(wrong: Exception) -> int:
    """A bad environment is one line that names the variable, not a traceback."""
    print(wrong, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
