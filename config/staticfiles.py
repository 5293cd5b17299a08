"""Static files in production: compressed, and named after their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Follows the imports of JavaScript modules too, so that each is asked for by its hashed name."""

    support_js_module_import_aggregation = True
