"""Structured logs: one JSON object a line, without personal data."""

import json
import logging
import sys
import time
import traceback

from flask import Flask, g, request

from models.ids import uuid7


class JsonLines(logging.Formatter):
    """Time, level, logger, message and the fields passed in `extra={'fields': {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; of an exception, its kind and where it was raised."""
        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["error"] = _places(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def _places(error: BaseException | None) -> list[str]:
    """Kinds and places of an exception and its causes, without the messages.

    A message may quote what a citizen has typed: an ID number already taken, a name too long.
    """
    lines = []
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        for frame in traceback.extract_tb(error.__traceback__):
            lines.append(f"{frame.filename}:{frame.lineno} {frame.name}")
        error = error.__cause__ or error.__context__
    return lines


def init_app(app: Flask) -> None:
    """Send every logger through JSON lines and log each request by its rule, never by its raw path."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    if not any(isinstance(h.formatter, JsonLines) for h in root.handlers):
        root.addHandler(handler)
    root.setLevel(app.config["LOG_LEVEL"].upper())
    for noisy in ("alembic.runtime", "flask_appbuilder", "xhtml2pdf", "PIL", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.request_id, g.started = uuid7(), time.perf_counter()


def _finish(response):
    rule = request.url_rule.rule if request.url_rule else "(none)"
    if not rule.startswith("/static") and "started" in g:
        spent = round((time.perf_counter() - g.started) * 1000, 1)
        fields = {"method": request.method, "rule": rule, "status": response.status_code}
        fields |= {"ms": spent, "request": g.request_id}
        logging.getLogger("motcua.request").info("request", extra={"fields": fields})
    return response
