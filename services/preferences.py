"""Keep how a person likes to see the screens. It concerns nobody else, so it leaves no event."""

from domain.errors import DomainError
from models.base import db
from models.preference import DENSITIES, LANGUAGES, THEMES, Preference
from services.transaction import one_at_a_time, transaction

#: name → what may be chosen
CHOICES = {"theme": THEMES, "density": DENSITIES, "language": LANGUAGES}


def kept(user_id: int) -> dict[str, str]:
    """What an account has chosen; names that were never chosen are missing."""
    row = db.session.get(Preference, user_id)
    values = {name: getattr(row, name) for name in CHOICES} if row else {}
    return {name: value for name, value in values.items() if value}


def choose(user_id: int, **chosen: str) -> dict[str, str]:
    """Keep the choices of an account and give all it has. Errors: value.choice."""
    for name, value in chosen.items():
        if value not in CHOICES.get(name, ()):
            raise DomainError("value.choice", field=name)
    with transaction():
        one_at_a_time(f"preference:{user_id}")
        row = db.session.get(Preference, user_id)
        if row is None:
            row = Preference(user_id=user_id)
            db.session.add(row)
        for name, value in chosen.items():
            setattr(row, name, value)
    return kept(user_id)
