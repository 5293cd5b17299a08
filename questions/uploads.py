"""An upload that is too large is not kept: what comes beyond the limit is thrown away unread."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from questions.formats.hostile import MAX_FILE_SIZE


class SizeLimit(FileUploadHandler):
    """Stands before the handlers that keep bytes; `is_over` tells of what it stopped."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.size = 0
        self.is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > MAX_FILE_SIZE:
            self.is_over = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None  # the next handler has it
