"""The kinds of data that a field of a procedure may take."""

from enum import StrEnum


class FieldKind(StrEnum):
    """What a field takes."""

    text = "text"
    long_text = "long_text"
    number = "number"
    money = "money"
    date = "date"
    yes_no = "yes_no"
    choice = "choice"
    choices = "choices"
    id_number = "id_number"
    tax_code = "tax_code"
    phone = "phone"
    email = "email"
    person = "person"
    organisation = "organisation"
    address = "address"
    land_parcel = "land_parcel"
    group = "group"
    heading = "heading"
