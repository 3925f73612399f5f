"""A procedure version as one text that is reviewed, kept, sent to another office and taken in there."""

from services.packaging.beside import BesideRegister, BesideTemplate, Press
from services.packaging.notation import MOST_BYTES, decode
from services.packaging.problem import Problem, Refused
from services.packaging.reading import Package, read
from services.packaging.seal import Origin
from services.packaging.taking import Plan, plan, take
from services.packaging.writing import FORMAT_VERSION, export, file_name, note_export

__all__ = [
    "FORMAT_VERSION",
    "MOST_BYTES",
    "BesideRegister",
    "BesideTemplate",
    "Origin",
    "Package",
    "Plan",
    "Press",
    "Problem",
    "Refused",
    "decode",
    "export",
    "file_name",
    "note_export",
    "plan",
    "read",
    "take",
]
