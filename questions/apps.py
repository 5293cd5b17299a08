from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = _("question bank")

    def ready(self) -> None:
        from questions.groups import make_groups

        # The last of ours: by then every permission of the bank is there.
        post_migrate.connect(make_groups, sender=apps.get_app_config("auth"))
