"""The meaning of every value, shared block and filter that a template may name (English message ids)."""

from domain.text import N_

#: Field of a context, or Class.field where a name means two things → its meaning; empty: not offered.
WORDS: dict[str, str] = {
    # the head
    "superior": N_("Body above, or whose counter it is"),
    "place_name": N_("Place before the date"),
    "office": N_("Issuing body"),
    "is_center": N_("Whether a service centre issues it"),
    "is_body": N_("Whether the body itself issues it"),
    "OfficeHead.phone": N_("Telephone of the office"),
    "OfficeHead.address": N_("Address of the office"),
    "OfficeHead.name": N_("Name of the office"),
    "seat": N_("Whose office it is"),
    "full_name": N_("Full name of the office"),
    "OfficeHead.kind": N_("Common name of the office"),
    "head": N_("Issuing body"),
    # every sheet
    "issued_at": N_("Moment of printing"),
    "number": N_("Number and sign of the paper"),
    "edition": "",
    "Reprint.number": "",
    # the dossier
    "code": N_("Dossier code"),
    "qr": N_("QR code for looking the dossier up"),
    "lookup_url": N_("Address for looking the dossier up"),
    "request": N_("Content of the request"),
    "procedure": N_("Procedure"),
    "term": N_("Legal term"),
    "received_at": N_("Received at"),
    "due_at": N_("Due at"),
    "new_due_at": N_("New appointment"),
    "officer": N_("Receiving official"),
    "submitter_role": N_("Why another person submits"),
    "sets": N_("Number of sets"),
    "result": N_("Result"),
    "result_place": N_("Where the result is received"),
    "book": N_("Register book"),
    "order": N_("Number in the register book"),
    "papers": N_("Papers handed in"),
    "fees": N_("Fees"),
    # people
    "Party.name": N_("Name"),
    "id_no": N_("ID number"),
    "tax_code": N_("Tax code"),
    "address": N_("Address"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "title": N_("Title"),
    "authority": N_("Line above the post, such as TM. or KT."),
    "Signer.name": N_("Name of who signs"),
    # lines
    "PaperLine.name": N_("Name of the paper"),
    "PaperLine.kind": N_("Kind of copy"),
    "quantity": N_("Quantity"),
    "FeeLine.name": N_("Name of the fee"),
    "amount": N_("Amount"),
    "when": N_("When it is paid"),
    "paper": N_("Name of the paper"),
    "wrong": N_("What is wrong"),
    "needed": N_("What is needed"),
    "originals": N_("Originals"),
    "certified": N_("Certified copies"),
    "photocopies": N_("Photocopies"),
    "unit": N_("Unit"),
    "given_at": N_("Given at"),
    "giver": N_("Given by"),
    "taken_at": N_("Taken at"),
    "taker": N_("Taken by"),
    "outcome": N_("Outcome"),
    "note": N_("Note"),
    "map_sheet": N_("Map sheet"),
    "parcel_no": N_("Parcel"),
    "area": N_("Area"),
    # letters
    "items": N_("What is to be supplemented"),
    "reason": N_("Reason"),
    "reply_by": N_("To be answered by"),
    "contact_name": N_("Whom to ask"),
    "legal_basis": N_("Legal basis"),
    "guidance": N_("Guidance"),
    "stopped_at": N_("Stopped at"),
    "returned": N_("Papers handed back"),
    "recipients": N_("Recipients"),
    "agency": N_("Resolved by"),
    "lines": N_("Lines of the table"),
    # an entry of a register
    "register": N_("Name of the register"),
    "EntryFacts.number": N_("Number in the register"),
    "holder": N_("Holder"),
    "registered_on": N_("Registered on"),
    "valid_from": N_("Valid from"),
    "valid_to": N_("Valid to"),
    "state": N_("State"),
    "replaces": N_("Number of the entry it comes in the place of"),
    # money
    "cashier": N_("Cashier"),
    "method": N_("Way of payment"),
    "series": N_("Series of receipts"),
    "total": N_("Sum"),
}

#: Part of a field of a procedure → its meaning.
WORDS_OF_PARTS: dict[str, str] = {
    "name": N_("Name"),
    "id_number": N_("ID number"),
    "birth_date": N_("Date of birth"),
    "phone": N_("Telephone"),
    "address": N_("Address"),
    "tax_code": N_("Tax code"),
    "representative": N_("Representative"),
    "commune": N_("Commune, ward"),
    "detail": N_("Hamlet, street, number"),
    "map_sheet": N_("Map sheet"),
    "parcel_no": N_("Parcel"),
    "area": N_("Area"),
}

#: Shared block → (what is put into the template, what it draws).
MACROS: dict[str, tuple[str, str]] = {
    "opening": (
        "{{ ui.opening(sheet, paper) }}",
        N_("Head: issuing body, motto, number, place and date, title"),
    ),
    "code_marks": ("{{ ui.code_marks(sheet) }}", N_("Dossier code with bar code and QR code")),
    "bar": ("{{ ui.bar(sheet.code) }}", N_("Bar code of the dossier code")),
    "identity": (
        "{{ ui.identity(sheet.applicant) }}",
        N_("Line with the identity number or tax code of a person"),
    ),
    "address": ("{{ ui.address(sheet.applicant) }}", N_("Lines with address, telephone, e-mail")),
    "signer": (
        '{{ ui.signer("NGƯỜI LẬP", "") }}',
        N_("Cell of a table with the place for one signature"),
    ),
    "one_signature": (
        '{{ ui.one_signature("NGƯỜI LẬP", "") }}',
        N_("Place for one signature, on the right"),
    ),
    "two_signatures": (
        '{{ ui.two_signatures("NGƯỜI NỘP", sheet.applicant.name, "NGƯỜI NHẬN", "") }}',
        N_("Places for two signatures"),
    ),
    "signed_letter": (
        "{{ ui.signed_letter(sheet.signer, sheet.recipients) }}",
        N_("Recipients on the left, authority, post and signature on the right"),
    ),
}

#: Filter → its meaning; those of the library that explain themselves are not listed.
FILTERS: dict[str, str] = {
    "or_gap": N_("the value, or dots to fill in by hand"),
    "day": N_("a date in words: ngày 05 tháng 01 năm 2026"),
    "moment": N_("hour and date in words"),
    "dong": N_("an amount with “đồng”"),
    "grouped": N_("an amount with dots between thousands"),
    "in_words": N_("an amount in words"),
    "two_digits": N_("a number below 10 with a zero before it"),
    "upper": N_("in capitals"),
    "first_upper": N_("the first letter in capitals"),
    "sentence": N_("as a sentence, with a full stop"),
    "qr": N_("a QR code, in the tag img"),
    "barcode": N_("a bar code, in the tag img"),
}
