"""The papers that acts of the dossier page issue."""

import datetime as dt
from typing import Any

from domain.codes import Verb
from models.base import db
from models.dossier import Dossier
from models.fee import FeeReceipt
from models.paper import IssuedPaper
from views import issuing

#: Forms that can be issued from the page at any time, without an act of their own.
ON_REQUEST = ("receipt_slip", "control_slip")


def issue(
    verb: Verb,
    form: str,
    dossier: Dossier,
    done: Any,
    typed: dict[str, Any],
    former_due_at: dt.datetime | None,
    **who: Any,
) -> IssuedPaper | None:
    """The paper an act issues; None for a repeated payment, whose receipt is there already."""
    facts: dict[str, Any] = {k: typed.get(k) or "" for k in ("reason", "legal_basis", "guidance")}
    facts["former_due_at"] = former_due_at
    if verb is Verb.record_payment:
        if not isinstance(done, FeeReceipt):
            return None
        facts["receipt"] = done
    if verb is Verb.request_supplement:
        db.session.expire(dossier, ["supplements"])
        facts["supplement"] = dossier.supplements[-1]
    return issuing.issue(form, dossier, **facts, **who)
