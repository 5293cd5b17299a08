"""Static files in production: compressed, and named after their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Storage


class StaticStorage(Storage):  # type: ignore[misc]
    """Follows the imports of our own modules, so that each is asked for by its hashed name.

    Django's switch for it follows the imports of every script, and those that django-htmx ships
    name files it does not ship.
    """

    patterns = (
        *Storage.patterns,
        ("js/exam/*.js", Storage._js_module_import_aggregation_patterns[1]),
    )
