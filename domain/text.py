"""Marking of message ids for translation, without translating anything here."""

from collections.abc import Callable

Gettext = Callable[[str], str]


def N_(message: str) -> str:
    """Mark an English message id for the catalogue; it is translated where it is displayed."""
    return message


def untranslated(message: str) -> str:
    """The gettext of a caller that has none: the English message id itself."""
    return message
