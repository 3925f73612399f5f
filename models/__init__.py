"""What we keep. Importing this package registers every table."""

from models import (  # noqa: F401
    applicant,
    attachment,
    calendar,
    dossier,
    event,
    fee,
    job,
    kept_form,
    officer,
    organisation,
    paper,
    paper_template,
    preference,
    procedure,
    reference,
    scan,
)
