"""Codes on pictures: what the camera of the counter sees. The picture is read and forgotten."""

from domain.errors import DomainError

#: A frame of the camera as JPEG; more is no frame.
LARGEST = 600_000
WIDEST = 4_000


def code_on(picture: bytes) -> str:
    """The text of the QR code on a JPEG or PNG picture; empty when there is none.

    Errors: picture.invalid.
    """
    import cv2  # heavy, and wanted only where a camera is used
    import numpy
    import zxingcpp

    if not picture or len(picture) > LARGEST or not picture.startswith((b"\xff\xd8", b"\x89PNG")):
        raise DomainError("picture.invalid")
    image = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None or max(image.shape) > WIDEST:
        raise DomainError("picture.invalid")
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if found else ""
