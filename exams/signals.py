"""The project's single signal."""

from django.dispatch import Signal

# Sent inside the submit's transaction with `sitting`, the Sitting just closed.
sitting_submitted = Signal()
