from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = _("exams")

    def ready(self) -> None:
        from exams import receivers  # noqa: F401
        from exams.groups import grant_forms

        # Behind the bank's own receiver, which makes the groups.
        post_migrate.connect(grant_forms, sender=apps.get_app_config("auth"))
