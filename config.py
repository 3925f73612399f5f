"""Every setting of the product, once: default, type and the reason it exists.

``load(environ)`` gives the dictionary Flask is configured with. A value comes from the environment
(source ``environment``), is fixed because the product is only correct with it (``fixed``), or is
worked out from the others (``derived``). ``python config.py`` prints docs/settings.md.
"""

from __future__ import annotations

import gettext
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
_ = gettext.translation("messages", ROOT / "translations", ["vi"], fallback=True).gettext

Source = Literal["environment", "fixed", "derived"]
Loaded = dict[str, Any]


class ConfigError(Exception):
    """The product must not start like this; the text is one sentence for the person starting it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of docs/settings.md. ``default`` of a derived setting is a function of the others."""

    name: str
    kind: type
    default: Any
    why: str
    source: Source = "environment"
    shown: str = ""


def _fixed(name: str, value: Any, why: str) -> Setting:
    return Setting(name, type(value), value, why, "fixed")


def _derived(name: str, kind: type, how: Callable[[Loaded], Any], shown: str, why: str) -> Setting:
    return Setting(name, kind, how, why, "derived", shown)


def _over_https(loaded: Loaded) -> bool:
    return str(loaded["PUBLIC_URL"]).startswith("https://")


def _cookie_name(loaded: Loaded) -> str:
    return "__Host-motcua" if _over_https(loaded) else "motcua"


def _own_hosts(loaded: Loaded) -> list[str]:
    host = urlsplit(loaded["PUBLIC_URL"]).netloc
    return [host] if host else []


def _database_uri(loaded: Loaded) -> str:
    url: str = loaded["DATABASE_URL"]
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _engine_options(loaded: Loaded) -> Loaded:
    # Values of a statement may be personal data; they must not reach a log through an error.
    options: Loaded = {"hide_parameters": True}
    if not _database_uri(loaded).startswith("sqlite"):
        options |= {"pool_size": 2, "max_overflow": 4, "pool_recycle": 1800}
    return options


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        str,
        f"sqlite:///{ROOT / 'var' / 'motcua.db'}",
        "Where everything is kept. The embedded SQLite file needs no administration; "
        "`postgresql+psycopg://user@host/name` runs the same product on PostgreSQL 15 or newer.",
        shown="sqlite:///<project>/var/motcua.db",
    ),
    Setting(
        "PROFILE",
        str,
        "dak-lak-2014",
        "Which seeds a new database gets: `dak-lak-2014` (districts, communes and departments of "
        "2014) or `dak-lak-2026` (communes and wards with their service centres).",
    ),
    Setting(
        "MODE",
        str,
        "demo",
        "`demo` starts with no preparation; `production` refuses to start without a secret and "
        "PUBLIC_URL, and never with demonstration accounts.",
    ),
    Setting(
        "DEMO",
        bool,
        None,
        "Whether a new database gets demonstration accounts and dossiers, whose passwords are "
        "printed at the start.",
        shown="1 in demo mode, 0 in production",
    ),
    Setting(
        "DEMO_DOSSIERS",
        int,
        240,
        "How many synthetic dossiers a demonstration starts with; 0 gives accounts only.",
    ),
    Setting("HOST", str, "127.0.0.1", "Address to listen on; only this computer by default."),
    Setting("PORT", int, 8080, "Port to listen on."),
    Setting(
        "PUBLIC_URL",
        str,
        "",
        "Address citizens and officers use, printed in QR codes and used in links; an `https://` "
        "address switches the session cookie to Secure.",
        shown="http://HOST:PORT in demo mode",
    ),
    Setting(
        "SECRET_KEY",
        str,
        "",
        "Signs sessions and forms. Every host of one installation needs the same value.",
        shown="content of SECRET_FILE",
    ),
    Setting(
        "SECRET_FILE",
        str,
        "",
        "File holding the secret, readable by its owner only. In demo mode the first start "
        "creates one with 256 random bits.",
        shown="secret.key beside the database",
    ),
    Setting(
        "WORKERS",
        int,
        0,
        "Server processes; 0 means two for each processor, at most eight.",
        shown="0 (automatic)",
    ),
    Setting(
        "KEEP_PAGES",
        bool,
        True,
        "Keep drawn pages in memory until anything is written; 0 draws every page anew.",
    ),
    Setting(
        "TRUSTED_PROXIES",
        int,
        0,
        "How many reverse proxies stand in front. Their X-Forwarded-For entries are believed, "
        "and no others, so nobody can forge the address that limits are counted by.",
    ),
    Setting(
        "UPLOAD_DIR",
        str,
        "",
        "Folder of scans and attachments, outside the web root.",
        shown="uploads beside the database",
    ),
    Setting("MAX_UPLOAD_MB", int, 20, "Largest single request in megabytes, scans included."),
    Setting(
        "SCAN_DIR",
        str,
        "",
        "Folder that scanners write into, with one folder in it for each counter or agency, named "
        "by its code; what lies there is split, filed and moved (docs/scanning.md).",
        shown="none: no folder is watched",
    ),
    Setting(
        "MAX_SCAN_MB",
        int,
        100,
        "Largest stack dropped on the page of scans, in megabytes; other requests keep "
        "MAX_UPLOAD_MB.",
    ),
    Setting(
        "LOG_LEVEL",
        str,
        "info",
        "`debug`, `info`, `warning` or `error`. Logs are JSON lines without personal data.",
    ),
    Setting(
        "AUTH_RATE_LIMIT",
        str,
        "30 per minute",
        "Sign-ins per client address; a whole office often stands behind one address.",
    ),
    Setting(
        "RATELIMIT_STORAGE_URI",
        str,
        "memory://",
        "Where limits are counted. In memory each server process counts for itself.",
    ),
    _fixed("APP_NAME", "Một Cửa", "Name in the title bar."),
    _fixed("FAB_CREATE_DB", False, "Migrations own every table, the security tables included."),
    _fixed("FAB_UPDATE_PERMS", False, "`app init` writes permissions, once, under a lock."),
    _fixed("FAB_ADD_SECURITY_API", False, "No remote editing of users and roles."),
    _fixed("FAB_API_SHOW_STACKTRACE", False, "No stack trace ever reaches a person."),
    _fixed("FAB_API_SWAGGER_UI", False, "The bundled page loads scripts the CSP forbids."),
    _fixed("FAB_ALLOW_GET_UNSAFE_MUTATIONS", False, "A link must not change anything."),
    _fixed("AUTH_TYPE", 1, "Accounts are kept in the product's own database."),
    _fixed("AUTH_USER_REGISTRATION", False, "Officers are appointed; they do not sign up."),
    _fixed("AUTH_RATE_LIMITED", True, "Guessing passwords must be slow."),
    _fixed("RATELIMIT_ENABLED", True, "Switches the limit above on."),
    _fixed("BABEL_DEFAULT_LOCALE", "vi", "Vietnamese first."),
    _fixed("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh", "Times are shown as in Viet Nam."),
    Setting(
        "BABEL_TRANSLATION_DIRECTORIES",
        str,
        ";".join([str(ROOT / "translations")] * 2),
        "Absolute, so that it is found from any folder; one entry per catalogue of BABEL_DOMAIN.",
        "fixed",
        "<project>/translations, twice",
    ),
    _fixed(
        "BABEL_DOMAIN",
        "messages;fab;messages",
        "The framework's own folder; its texts in Vietnamese; then ours, which win.",
    ),
    _fixed(
        "LANGUAGES",
        {"vi": {"flag": "vn", "name": "Tiếng Việt"}, "en": {"flag": "gb", "name": "English"}},
        "Languages of the switch.",
    ),
    _fixed("SESSION_COOKIE_HTTPONLY", True, "Scripts cannot read the session."),
    _fixed("SESSION_COOKIE_SAMESITE", "Lax", "Other sites cannot post with our session."),
    _fixed("SESSION_COOKIE_PATH", "/", "Demanded by the `__Host-` cookie prefix."),
    _fixed("PERMANENT_SESSION_LIFETIME", timedelta(hours=10), "One working day at the longest."),
    _fixed("WTF_CSRF_TIME_LIMIT", 36_000, "A form left open all day can still be sent."),
    _fixed("MAX_FORM_MEMORY_SIZE", 2_000_000, "Long supplement lists fit; floods do not."),
    _fixed("MAX_FORM_PARTS", 2_000, "A dense intake page has a few hundred fields."),
    Setting(
        "UNDO_MINUTES", int, 5, "An act on many rows can be undone so long: nobody builds on it."
    ),
    Setting("BULK_ROWS", int, 1000, "Most rows of one act: nobody reads a preview of more."),
    _fixed("REQUEST_TIMEOUT_SECONDS", 60, "A server process stuck longer is replaced."),
    _fixed("STOP_TIMEOUT_SECONDS", 20, "Requests under way are finished before a stop."),
    _derived(
        "SESSION_COOKIE_SECURE", bool, _over_https, "PUBLIC_URL is https", "Never sent in clear."
    ),
    _derived(
        "SESSION_COOKIE_NAME", str, _cookie_name, "motcua or __Host-motcua", "Bound to our host."
    ),
    _derived(
        "FAB_SAFE_REDIRECT_HOSTS",
        list,
        _own_hosts,
        "host of PUBLIC_URL",
        "A link cannot send a person elsewhere after sign-in.",
    ),
    _derived(
        "MAX_CONTENT_LENGTH",
        int,
        lambda loaded: loaded["MAX_UPLOAD_MB"] * 1_000_000,
        "MAX_UPLOAD_MB in bytes",
        "Larger requests are refused before they are read.",
    ),
    _derived(
        "SQLALCHEMY_DATABASE_URI",
        str,
        _database_uri,
        "DATABASE_URL with its driver",
        "`postgresql://` is understood as `postgresql+psycopg://`.",
    ),
    _derived(
        "SQLALCHEMY_ENGINE_OPTIONS",
        dict,
        _engine_options,
        "pool sizes on PostgreSQL",
        "A connection the server has closed is noticed before it is used; values of a failed "
        "statement stay out of the logs.",
    ),
)


CHOICES: dict[str, tuple[str, ...]] = {
    "MODE": ("demo", "production"),
    "PROFILE": ("dak-lak-2014", "dak-lak-2026"),
    "LOG_LEVEL": ("debug", "info", "warning", "error"),
}


def load(environ: Mapping[str, str] | None = None) -> Loaded:
    """Return all settings by name, or raise ConfigError with one sentence.

    Writes nothing except, in demo mode, the secret file of the first start.
    """
    environ = os.environ if environ is None else environ
    loaded: Loaded = {}
    for setting in SETTINGS:
        if setting.source == "environment":
            loaded[setting.name] = _read(setting, environ.get(setting.name, "").strip())
        elif setting.source == "fixed":
            loaded[setting.name] = setting.default
    _complete(loaded)
    for setting in SETTINGS:
        if setting.source == "derived":
            loaded[setting.name] = setting.default(loaded)
    return loaded


def _read(setting: Setting, text: str) -> Any:
    if not text:
        return setting.default
    if setting.kind is int:
        if not text.isdecimal():
            raise ConfigError(_("%s must be a whole number.") % setting.name)
        return int(text)
    if setting.kind is bool:
        return text.lower() not in {"0", "no", "false", "off"}
    return text


def _complete(loaded: Loaded) -> None:
    _check_choices(loaded)
    production = loaded["MODE"] == "production"
    if production:
        _refuse_unsafe(loaded)
    if loaded["DEMO"] is None:
        loaded["DEMO"] = not production
    loaded["PUBLIC_URL"] = loaded["PUBLIC_URL"] or f"http://{loaded['HOST']}:{loaded['PORT']}"
    loaded["UPLOAD_DIR"] = loaded["UPLOAD_DIR"] or str(data_dir(loaded) / "uploads")
    loaded["WORKERS"] = loaded["WORKERS"] or min(2 * (os.cpu_count() or 1), 8)
    loaded["SECRET_KEY"] = loaded["SECRET_KEY"] or _secret(loaded)


def _check_choices(loaded: Loaded) -> None:
    for name, allowed in CHOICES.items():
        if loaded[name] not in allowed:
            facts = {"name": name, "value": loaded[name], "allowed": ", ".join(allowed)}
            raise ConfigError(_("%(name)s is %(value)s; it must be one of: %(allowed)s.") % facts)
    if loaded["SECRET_KEY"] and len(loaded["SECRET_KEY"]) < 32:
        raise ConfigError(_("SECRET_KEY is shorter than 32 characters."))


def _refuse_unsafe(loaded: Loaded) -> None:
    if not loaded["SECRET_KEY"] and not loaded["SECRET_FILE"]:
        raise ConfigError(_("In production mode SECRET_KEY or SECRET_FILE must be set."))
    if not loaded["PUBLIC_URL"]:
        raise ConfigError(_("In production mode PUBLIC_URL must be set."))
    if loaded["DEMO"]:
        raise ConfigError(_("In production mode demonstration accounts are refused: leave DEMO 0."))


def data_dir(loaded: Loaded) -> Path:
    """Folder of what must survive: beside an SQLite database, else ``var`` of the project."""
    url: str = loaded["DATABASE_URL"]
    name = url.split("?", 1)[0].partition(":///")[2] if url.startswith("sqlite") else ""
    if not name or name == ":memory:":
        return ROOT / "var"
    return Path(name).resolve().parent


def _secret(loaded: Loaded) -> str:
    named = loaded["SECRET_FILE"]
    path = Path(named) if named else data_dir(loaded) / "secret.key"
    if not path.exists():
        if named:
            raise ConfigError(_("The secret file %s does not exist.") % path)
        _create_secret(path)
    text = path.read_text(encoding="ascii").strip()
    if len(text) < 32:
        raise ConfigError(_("The secret in %s is shorter than 32 characters.") % path)
    return text


def _create_secret(path: Path) -> None:
    # Written whole under another name first: a second process starting now reads all or nothing.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def as_markdown() -> str:
    """Return docs/settings.md, generated so that it can never lag behind."""
    titles = {
        "environment": "Set by environment variables",
        "fixed": "Fixed",
        "derived": "Worked out from the others",
    }
    lines = ["# Settings", "", "Generated by `python config.py`; do not edit.", ""]
    for source, title in titles.items():
        lines += [f"## {title}", "", "| Name | Type | Default | Why |", "|---|---|---|---|"]
        for row in SETTINGS:
            if row.source == source:
                default = row.shown or str(row.default)
                lines.append(f"| `{row.name}` | {row.kind.__name__} | {default} | {row.why} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
