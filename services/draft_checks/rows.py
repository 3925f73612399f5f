"""What checks of several sections need to know of rows."""

import re

from domain.codes import FeeMoment, StepKind

#: How fields and cases are called in conditions.
KEY = re.compile(r"[a-z][a-z0-9_]*")
#: The step at which the condition of a fee is asked; later ones may still know more.
FEES_DECIDED = {FeeMoment.on_receipt: 0}
#: What stands at both ends of every procedure, at the counter.
ENDS = frozenset({StepKind.receive, StepKind.return_result})
