"""The sections of the designer of registers."""

from flask_babel import lazy_gettext as _l

from models.register import Register, RegisterField
from views.designer.sections import Fieldset, Section

GENERAL = Section(
    "chung",
    _l("General"),
    "bi-info-circle",
    Register,
    fieldsets=(
        Fieldset(_l("The register"), ("name", "entry")),
        Fieldset(_l("Numbers"), ("pattern", "yearly")),
        Fieldset(_l("Holder and validity"), ("holder_key", "starts_key", "ends_key", "months")),
        Fieldset(_l("Certificate"), ("form",)),
        Fieldset(_l("Who may do what"), ("readers", "writers", "revokers", "exporters")),
        Fieldset(_l("Basis and source"), ("legal_basis", "source")),
        Fieldset(_l("Code"), ("code",), folded=True),
    ),
)
FIELDS = Section(
    "truong",
    _l("Fields"),
    "bi-input-cursor-text",
    RegisterField,
    "data_fields",
    _l("Add a field"),
    _l("No field yet: say first what stands in the register."),
    (
        Fieldset(_l("Question"), ("label", "kind", "choices", "help", "required", "group")),
        Fieldset(_l("When"), ("show_if", "required_if"), folded=True),
        Fieldset(
            _l("Value"),
            ("default", "calculated", "least", "most", "check", "check_message"),
            folded=True,
        ),
        Fieldset(_l("Who and where"), ("readers", "listed", "searched", "retired"), folded=True),
        Fieldset(_l("Name and source"), ("key", "label_en", "source"), folded=True),
    ),
)
SECTIONS = (FIELDS, GENERAL)
BY_SLUG = {section.slug: section for section in SECTIONS}
