"""The file store as the application is set up."""

from pathlib import Path

from flask import current_app

from services.filestore import FileStore


def store() -> FileStore:
    """Where scans and files lie."""
    return FileStore(Path(current_app.config["UPLOAD_DIR"]))
