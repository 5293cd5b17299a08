"""The Celery application: the bell that says "look into the database", never the queue itself."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("passline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
