"""The smallest images of each type, and what only calls itself one."""

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x01\x03\x08\x02\x00\x00\x00"
    b"rest of a PNG"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<script>alert(1)</script>"
PDF = b"%PDF-1.7"
IMAGES = {"png": PNG, "jpeg": JPEG, "gif": GIF, "webp": WEBP}
OTHERS = [b"", b"\x89PNG", b"RIFF\x24\x00\x00\x00WAVE", b" " + PNG, SVG, HTML, PDF]
