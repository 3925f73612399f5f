"""The one exception of the domain, and every sentence it can say (as English message ids)."""

import re
from enum import StrEnum
from typing import Any

from domain.text import N_, Gettext, untranslated
from domain.titles import title

#: code → English message id with %(name)s placeholders. Services add their own codes here too.
MESSAGES: dict[str, str] = {
    # the state machine
    "dossier.not_allowed": N_("This cannot be done while the dossier is “%(status)s”."),
    "dossier.role_not_allowed": N_("Your role may not do this."),
    "dossier.not_holder": N_("Another officer holds this step; take it over first."),
    "dossier.wrong_step": N_("This does not belong to the current step."),
    "dossier.paused": N_("The dossier is suspended; resume it first."),
    "dossier.not_paused": N_("The dossier is not suspended."),
    "dossier.papers_missing": N_("These papers are still missing: %(papers)s."),
    "dossier.papers_required": N_("Say which paper, what is wrong and what is needed."),
    "dossier.supplement_twice": N_(
        "A supplement was already requested once; a leader must allow a second request."
    ),
    "dossier.extended_twice": N_("The return was already re-appointed once."),
    "dossier.stale": N_("Someone else changed this dossier meanwhile. Look again, then repeat."),
    "dossier.already_received": N_("This dossier has already been received."),
    "dossier.no_result": N_("There is no result to hand over yet."),
    "dossier.fee_unpaid": N_("%(amount)s đồng are still unpaid."),
    "dossier.other_receiver": N_(
        "This is neither the applicant nor who handed it in: check the authorisation, then tick here."
    ),
    "dossier.reason_required": N_("Write the reason."),
    "dossier.not_found": N_("There is no such dossier."),
    "dossier.receiver_required": N_("Write who receives the result and their identity paper."),
    "dossier.same_procedure": N_("The dossier already follows this procedure."),
    "dossier.consult_open": N_("An opinion that was asked for has not been answered yet."),
    "dossier.one_by_one": N_("This step is done on its own page, dossier by dossier."),
    "transfer.no_target": N_("Choose the agency that this goes to."),
    "dossier_code.invalid": N_("This is not a dossier code."),
    "step.none_left": N_("There is no further step to forward to."),
    "step.not_found": N_("There is no such step."),
    "step.not_open": N_("This step is not open."),
    "step.nothing_to_send_back": N_("There is no earlier step to send back to."),
    # time
    "term.invalid": N_("“%(term)s” is not a term; write for instance 3wd, 4wh, 15cd or same-day."),
    "moment.invalid": N_("“%(moment)s” is not a moment; write for instance 2026-04-06T09:00."),
    "moment.out_of_range": N_("This date is outside the calendar."),
    "calendar.empty": N_("The calendar has no working time."),
    "calendar.session_invalid": N_("Working hours must end after they start and not overlap."),
    "calendar.day_invalid": N_("There is no such day of the week."),
    "pause.invalid": N_("A pause must end after it starts."),
    "extension.too_late": N_(
        "The return can be re-appointed at the latest %(days)s day(s) before it is due."
    ),
    "extension.not_later": N_("The new appointment must be later than the present one."),
    "extension.no_deadline": N_("This dossier has no deadline to extend."),
    # numbers
    "numbering.exhausted": N_("The numbers of %(scope)s are used up."),
    "numbering.unit_code": N_("The unit has no valid code for numbering."),
    # people
    "name.required": N_("Write the name."),
    "name.too_short": N_("A name has at least two letters."),
    "name.invalid": N_("The name contains characters that no name has."),
    "name.too_long": N_("The name is longer than %(limit)s characters."),
    "id_number.invalid": N_("An identity number has 12 digits (an old one 9)."),
    "id_number.old": N_("This is an old 9-digit number; ask for the 12-digit one."),
    "id_number.birth_mismatch": N_("The identity number does not agree with the year of birth."),
    "id_number.sex_mismatch": N_("The identity number does not agree with the sex."),
    "tax_code.invalid": N_("This is not a tax code."),
    "phone.invalid": N_("This is not a telephone number."),
    "birth_date.future": N_("A date of birth cannot lie in the future."),
    "date.future": N_("This date lies in the future."),
    "birth_date.too_early": N_("A date of birth cannot be before 1900."),
    "email.invalid": N_("This is not an e-mail address; write for instance hoa@example.vn."),
    "card_qr.invalid": N_("The code on the identity card cannot be read."),
    "card_qr.unsure": N_(
        "The input method garbled the %(part)s on the way; type it from the card. The rest was read."
    ),
    "applicant.running": N_(
        "This person has such a dossier running already; tick that you have checked, then save again."
    ),
    "picture.invalid": N_("This is not a picture, or it is too large."),
    "area.invalid": N_("Write the area as a number of square metres, for instance 1.250,5."),
    "parcel.invalid": N_("Write the number as on the map, for instance 12, 12(2) or DC-05."),
    "return_address.required": N_("Write the address to which the result is sent by post."),
    "money.invalid": N_("Write the amount in whole đồng."),
    "applicant.required": N_("Write who applies."),
    # procedures, organisation
    "procedure.not_offered": N_(
        "“%(unit)s” does not offer this procedure; choose the agency that resolves it."
    ),
    "offering.none": N_("Choose at least one agency, or offer it everywhere."),
    "procedure.not_published": N_("This procedure is not published."),
    "procedure.required": N_("Choose a procedure."),
    "procedure.not_found": N_("There is no such procedure."),
    "procedure.read_only": N_("A published procedure cannot be changed; make a new version."),
    "procedure.no_steps": N_("A procedure without steps cannot be published."),
    "procedure.no_term": N_("A procedure without a term cannot be published."),
    "procedure.faults": N_(
        "%(count)s faults must be put right first; the check of the draft names them."
    ),
    "procedure.not_draft": N_("Only a draft can be published."),
    "move.other_procedure": N_("This is a version of another procedure."),
    "move.unmapped": N_("Say which step each of these goes on at: %(steps)s."),
    "move.kind": N_("“%(old)s” cannot go on as “%(new)s”: the two are steps of different kinds."),
    "move.nothing": N_("Choose at least one dossier."),
    "trial.agency": N_("Choose an agency that has departments of its own."),
    "move.no_step": N_("No step of this dossier is open, so none can be moved."),
    "procedure.not_live": N_("Only a published procedure can be retired."),
    # what administrators write
    "formula.invalid": N_("This condition cannot be read from character %(place)s on."),
    "formula.too_long": N_(
        "A condition has at most %(limit)s characters and is not nested deeply."
    ),
    "formula.forbidden": N_("“%(what)s” may not stand in a condition."),
    "formula.comma": N_("“%(what)s” reads as two values: write decimals with a dot, such as 0.5."),
    "formula.function": N_("There is no function “%(name)s” in conditions."),
    "formula.unknown": N_("There is no field “%(name)s”."),
    "formula.mismatch": N_("“%(formula)s” cannot be worked out: its values do not fit together."),
    "formula.two_dates": N_(
        "Two dates cannot be added up; den_ngay - tu_ngay gives the days between them."
    ),
    "formula.date_sign": N_(
        "A date can only be compared, or moved by adding or taking away days: tu_ngay + 30."
    ),
    "formula.whole_days": N_("Days that move a date must be a whole number, at most 100,000."),
    "formula.part_of_plain": N_(
        "Only persons, organisations, addresses and parcels have parts such as “%(part)s”."
    ),
    "formula.no_part": N_("“%(name)s” has no part “%(part)s”; it has: %(parts)s."),
    "formula.circle": N_("These fields depend on one another in a circle: %(fields)s."),
    "data.key": N_(
        "A field name has small letters without marks, digits and _, and begins with a letter."
    ),
    "data.key_taken": N_("There is already a field with this name."),
    "data.key_word": N_("“%(word)s” has a meaning of its own in conditions; choose another name."),
    "data.choice_code": N_(
        "“%(choice)s” is no code of a choice: small letters without marks, digits and _, then = and the"
        " words."
    ),
    "data.choice_twice": N_("“%(choice)s” stands twice in the list."),
    "data.bounds": N_("The largest value is below the smallest."),
    "data.column_kind": N_("A column of a table cannot be of this kind."),
    "data.no_table": N_("There is no table “%(name)s” in this version."),
    "data.has_columns": N_("This table still has columns; delete them first."),
    "data.stage": N_("“%(stage)s” is neither “intake” nor the number of a step."),
    "case.key": N_(
        "The code of a case has small letters without marks, digits and _, and begins with a letter."
    ),
    "step.same_as": N_("Choose the number of an earlier step."),
    "step.order": N_("A step cannot stand before the one whose person it takes over."),
    "step.referred": N_("This refers to the step and must be changed first: %(parts)s."),
    "period.backwards": N_("The last day lies before the first."),
    "register.pattern": N_(
        "Write the number with {so} once, perhaps {nam} and {don_vi}, such as {so:3}/{nam}/GP."
    ),
    "register.code": N_("Use small letters without marks, digits and _, a letter first."),
    "register.not_open": N_("Nothing is entered in this register now: it is not in use."),
    "register.in_use": N_("This register is in use."),
    "register.no_fields": N_("The register has no field yet."),
    "register.no_field": N_("There is no such field: %(name)s."),
    "register.date_field": N_("Choose a field that holds a date."),
    "register.two_ends": N_("Choose the field with the last day or a number of months, not both."),
    "register.months": N_("Write a number of months between 1 and 1200."),
    "register.kind_fixed": N_("There are entries: this can no longer change. Add another field."),
    "register.field_used": N_(
        "This was filled in in entries: mark it as not asked any more instead of deleting it."
    ),
    "register.number_taken": N_("The number %(number)s is already in the register."),
    "register.not_valid": N_("This entry was revoked or replaced; nothing of it changes any more."),
    "register.not_revoked": N_("This entry was not revoked."),
    "register.entry_missing": N_("“%(register)s” has no entry with the number %(number)s."),
    "register.not_filled": N_(
        "“%(label)s” for “%(result)s” is missing or not right: complete the data of the dossier first."
    ),
    "register.file": N_("A register keeps no files: attach them to the dossier."),
    "result.found_by": N_("Choose the field in which the number of the entry stands."),
    "result.fills": N_("Write each line as: field of the register = field or formula. Line %(n)s."),
    "action.needs": N_("Choose this for what is to be done."),
    "data.choices": N_("Write at least one choice, each on its own line."),
    "data.range": N_("Write a number between %(least)s and %(most)s."),
    "data.least": N_("Write a number of at least %(least)s."),
    "data.most": N_("Write a number of at most %(most)s."),
    "data.refused": N_("%(sentence)s"),
    "data.missing": N_("This must be filled in first: %(fields)s."),
    "data.too_many": N_("At most %(limit)s lines fit here."),
    "data.too_many_files": N_("At most %(limit)s files belong here; take the others out."),
    "data.too_few_files": N_("At least %(limit)s files belong here."),
    "data.file_refused": N_("The file “%(name)s” was not taken: %(reason)s"),
    "data.file_gone": N_("The file “%(name)s” lay here too long and is gone; choose it again."),
    "data.calculated_required": N_("A calculated field asks nobody: it cannot be required."),
    "data.calculated_required_if": N_("A calculated field asks nobody: it cannot be required."),
    "data.calculated_default": N_(
        "A calculated field has its value from the formula, not a default."
    ),
    "data.heading_required": N_("A heading asks nothing: it cannot be required."),
    "data.never_shown": N_("By what stands under “Shown if” this field is never shown."),
    "data.most_files": N_("A field takes between 1 and %(limit)s files."),
    # packages of procedures
    "package.not_text": N_("This is no text in UTF-8."),
    "package.not_yaml": N_("This cannot be read as YAML from line %(line)s on."),
    "package.reference": N_(
        "Anchors and references (& and *) are not taken: write everything out."
    ),
    "package.tag": N_("Marks such as %(tag)s are not taken: a package holds only texts and lists."),
    "package.deep": N_("This is nested more deeply than a package ever is."),
    "package.too_many": N_("At most %(limit)s entries fit here."),
    "package.key": N_("The name of an entry must be a word."),
    "package.twice": N_("“%(key)s” stands here twice."),
    "package.several": N_("A file holds one package only."),
    "package.format": N_(
        "This is no package of a procedure: “format: %(format)s” must stand on top."
    ),
    "package.format_version": N_(
        "Write the version of the format as a number; this one is %(known)s."
    ),
    "package.newer": N_(
        "A newer release wrote this, in format %(found)s; this one reads up to %(known)s. Update first."
    ),
    "package.unknown_key": N_("“%(key)s” is not known here; known are %(known)s."),
    "package.expected_map": N_("Names with values are expected here."),
    "package.expected_list": N_("A list is expected here."),
    "package.expected_text": N_("One text is expected here, no list."),
    "package.choice": N_("“%(value)s” is none of %(known)s."),
    "package.yes_no": N_("Write true or false."),
    "package.day": N_("Write the day as year-month-day, for instance 2026-10-01."),
    "package.no_field": N_("There is no field of administration “%(name)s”."),
    "package.no_document": N_("There is no kind of document “%(name)s”."),
    "package.no_function": N_("No unit has a department “%(function)s”."),
    "package.no_register": N_("There is no register “%(name)s”, and the package brings none."),
    "package.register_unnamed": N_("No result of the procedure names the register “%(name)s”."),
    "package.no_paper": N_("There is no printed paper “%(name)s”, and the package brings none."),
    "package.template_draft": N_(
        "“%(name)s” has another draft here; publish or delete it under Printed papers first."
    ),
    "package.fingerprint": N_("The file is not what its fingerprint (SHA-256) says."),
    "package.not_base": N_("This is no file in base64."),
    "package.no_file": N_("The package lacks the file with this fingerprint."),
    "package.file_unnamed": N_("No paper of the procedure names this file."),
    "package.files_large": N_(
        "The blank forms of this version are larger than %(limit)s MB together: a package holds no more."
    ),
    "unit.not_valid": N_("This unit does not exist on that day."),
    "unit.not_found": N_("There is no such unit."),
    "officer.not_found": N_("There is no such officer."),
    "officer.inactive": N_("This officer no longer works here."),
    "officer.outside": N_("This officer does not belong to your unit."),
    "account.username": N_(
        "A user name has 3 to 41 small letters without marks, digits, dots or hyphens."
    ),
    "account.exists": N_("This officer already has an account."),
    "account.missing": N_("This officer has no account yet."),
    "account.self": N_("You cannot close your own account or take your own role away."),
    "password.weak": N_(
        "A password has at least %(shortest)s characters and is neither common nor the user name."
    ),
    "delegation.period": N_("A delegation must end after it starts."),
    "scope.outside": N_("This belongs to another unit."),
    # templates of papers that administrators write
    "template.too_long": N_("A template has at most %(limit)s KB."),
    "template.syntax": N_(
        "Line %(line)s: this cannot be read; look at its braces and quotation marks."
    ),
    "template.unclosed": N_("Line %(line)s: “%(tag)s” is not closed."),
    "template.tag": N_("Line %(line)s: there is no “%(tag)s”."),
    "template.nested": N_("Line %(line)s: too much stands inside one another."),
    "template.unknown": N_("Line %(line)s: there is no “%(name)s”."),
    "template.unknown_like": N_("Line %(line)s: there is no “%(name)s”; is “%(like)s” meant?"),
    "template.filter": N_("Line %(line)s: there is no filter “%(name)s”."),
    "template.filter_like": N_(
        "Line %(line)s: there is no filter “%(name)s”; is “%(like)s” meant?"
    ),
    "template.forbidden": N_("Line %(line)s: “%(what)s” may not stand in a template."),
    "template.several": N_(
        "Line %(line)s: “%(name)s” has several lines; go through them with a “for”."
    ),
    "template.parts": N_("Line %(line)s: “%(name)s” has several parts; name one of them."),
    "template.empty": N_(
        "Line %(line)s: there may be nothing that has “%(name)s”; ask first with an “if”."
    ),
    "template.value": N_("Line %(line)s: this value does not fit here."),
    "template.endless": N_("Line %(line)s: this repeats or grows without end."),
    "template.html_tag": N_("Line %(line)s: the tag “%(tag)s” may not stand on a paper."),
    "template.html_attribute": N_(
        "Line %(line)s: the tag “%(tag)s” may not have “%(name)s” with this value."
    ),
    "template.html_style": N_("Line %(line)s: the style “%(name)s” of “%(tag)s” may not be used."),
    "template.html_open": N_("Line %(line)s: the tag “%(tag)s” is not closed."),
    "template.html_closed": N_("Line %(line)s: the tag “%(tag)s” is closed but was not opened."),
    "template.html_sign": N_("Line %(line)s: write &lt; for the sign <."),
    "template.html_many": N_("Line %(line)s: the paper has too many parts at the tag “%(tag)s”."),
    "template.picture": N_(
        "Line %(line)s: a picture comes only from the filters qr, barcode and cover_mark."
    ),
    "template.layout": N_("This does not fit on paper; look at tables, widths and sizes."),
    "template.code": N_(
        "The code has small letters without marks, digits and _, and begins with a letter."
    ),
    "template.draft_only": N_("Only a draft can be changed; make a draft of this version."),
    "template.not_live": N_("This version is not in use."),
    "template.mistakes": N_("The template still has mistakes; they are marked."),
    "template.no_data": N_(
        "This dossier has nothing yet that the paper is printed from; dummy data is shown."
    ),
    "paper.too_early": N_("This paper is printed when the dossier is at signature or finished."),
    # files, fees, import
    "file.empty": N_("The file is empty."),
    "file.too_large": N_("The file is larger than %(limit)s MB."),
    "file.type": N_("Only PDF, JPEG, PNG, TIFF and HEIC files are accepted."),
    "file.mismatch": N_("The content of the file is not what its name says."),
    "file.damaged": N_("The stored file no longer matches its fingerprint."),
    "file.encrypted": N_("The PDF is protected by a password; save it without one."),
    "file.broken": N_("The file is broken and cannot be opened."),
    "file.active": N_(
        "The PDF contains scripts, programs or embedded files; print it to a plain PDF."
    ),
    "file.too_many_pages": N_("The file has more than %(limit)s pages."),
    "file.too_many_pixels": N_("The picture has more than %(limit)s million pixels."),
    "blank.none": N_("Choose the file first."),
    "blank.type": N_(
        "A blank form is a PDF, DOCX, XLSX, ODT or ODS file; save an older one in one of these forms."
    ),
    "blank.active": N_("The file contains macros or embedded objects; save it without them."),
    "file.dossier_full": N_("The files of one dossier may not exceed %(limit)s MB."),
    "scan.type": N_("A scan is a PDF, TIFF, JPEG or PNG file."),
    "scan.crashed": N_("The pages of this file could not be worked through; scan them once more."),
    "scan.done": N_("This scan has already been dealt with."),
    "scan.running": N_("This file is just being worked through."),
    "fee.nothing_due": N_("Nothing is due."),
    "fee.already_paid": N_("This has already been paid."),
    "fee.open": N_("Write first what “%(name)s” comes to."),
    "fee.too_much": N_("That is more than what is due."),
    "import.column_missing": N_("The column “%(column)s” is missing."),
    "import.row_invalid": N_("Row %(row)s: %(reason)s"),
    "import.not_readable": N_("The file cannot be read as CSV or XLSX."),
    "import.too_long": N_("A file may have at most %(limit)s lines."),
    "import.old_excel": N_(
        "This is a workbook of an old Excel, or one with a password. Open it and save it as .xlsx."
    ),
    "import.encoding": N_(
        "The letters of this file cannot be read. Save it as CSV UTF-8 or as .xlsx and send it again."
    ),
    "import.broken_off": N_(
        "The file cannot be read on from line %(line)s: a quotation mark is not closed, or it is cut off."
    ),
    "import.twice": N_("The same already stands in line %(line)s of the file."),
    "import.row_changed": N_(
        "Somebody has changed this since the trial (%(name)s, %(at)s); look at it and try again."
    ),
    "import.column_gone": N_("The column “%(column)s” is gone; choose the columns again."),
    "import.column_chosen_twice": N_("This column of the file is chosen twice."),
    "import.busy": N_("%(name)s is just importing into this list; wait until that has ended."),
    "import.other_state": N_("This import has gone on in the meantime; look at it as it is now."),
    "import.try_first": N_("Try the file first; then it can be stored."),
    "import.whole_too_long": N_("All or nothing is for at most %(limit)s lines."),
    "import.whole_wrong": N_("Some lines are wrong, so all or nothing would store nothing."),
    "export.too_long": N_("At most %(limit)s rows can be printed; narrow the list first."),
    "import.repeated": N_("The same old number already stands in row %(row)s."),
    "import.procedure_unknown": N_("No procedure has this code or name."),
    "import.procedure_ambiguous": N_("Several procedures have this name; give the code."),
    "import.status_unknown": N_("“%(status)s” is not a status."),
    "import.status_conflict": N_("The status does not agree with the dates of this row."),
    "import.date_future": N_("This date lies in the future."),
    "import.date_before_receipt": N_("This date is before the day of receipt."),
    "import.unit_required": N_("Name the unit whose book this is, by its code."),
    "date.invalid": N_("This is not a date. Write day/month/year, for instance 01/02/2026."),
    "date.month_first": N_(
        "There is no month %(month)s. Write the day before the month, for instance 31/12/2026."
    ),
    "request.repeated": N_("This form was already sent."),
    "request.invalid": N_("The request cannot be understood."),
    "row.in_use": N_("This is still in use and cannot be deleted."),
    "row.duplicate": N_("There is already one with the same key."),
    "row.not_found": N_("There is no such entry."),
    "value.required": N_("This must be filled in."),
    "value.invalid": N_("This value is not valid."),
    "value.too_long": N_("At most %(limit)s characters fit here."),
    "value.choice": N_("Choose one from the list."),
    "number.comma": N_("Write thousands with dots, for instance %(dots)s."),
    "number.invalid": N_("This is not a number that fits here."),
    "time.invalid": N_("This is not a time of day; write for instance 07:30."),
    "row.stale": N_("Someone else changed this entry meanwhile. Look again, then repeat."),
    "bulk.nothing": N_("Choose at least one column to change."),
    "bulk.stale": N_("Nothing was done: rows have changed since you looked. Look at them again."),
    "bulk.too_many": N_("At most %(limit)s rows at once; narrow the list first."),
    "bulk.not_found": N_("There is no such act to undo."),
    "bulk.not_yours": N_("Only who did this can undo it."),
    "bulk.too_late": N_("This can be undone for %(minutes)s minutes only, which have passed."),
    "bulk.undone": N_("This has been undone already."),
    "bulk.no_return": N_("This cannot be undone."),
    "bulk.changed_by": N_("Changed meanwhile by %(who)s"),
    "bulk.gone": N_("Deleted meanwhile"),
    "bulk.target_gone": N_("What it belonged to is no longer there"),
    "row.protected": N_("This cannot be changed here."),
    "view.name_taken": N_("You already have a view of this list with this name."),
    "view.too_many": N_("You have %(limit)s views of this list already; delete one first."),
    "view.too_long": N_("This view asks for too much to be kept; take some conditions away."),
    "view.no_columns": N_("Choose at least one column."),
    "view.not_shared": N_("Share the view with this role first."),
}

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class DomainError(Exception):
    """A rule said no: `code` is a key of MESSAGES, `field` the form field it stands at, if any.

    `facts` fill the placeholders of the message. An unknown code or a missing fact is a mistake
    of the programmer and is refused with an AssertionError when the error is made.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: Any) -> None:
        if code not in MESSAGES:
            raise AssertionError(f"unknown error code {code!r}: add it to domain/errors.py")
        missing = set(_PLACEHOLDER.findall(MESSAGES[code])) - facts.keys()
        if missing:
            raise AssertionError(f"{code} needs the facts {sorted(missing)}")
        self.code = code
        self.field = field
        self.facts = facts
        super().__init__(code)

    @property
    def msgid(self) -> str:
        """The English message id, placeholders unfilled."""
        return MESSAGES[self.code]

    def text(self, gettext: Gettext = untranslated) -> str:
        """The sentence in the language of `gettext`, placeholders filled."""
        return gettext(self.msgid) % {
            name: shown(fact, gettext) for name, fact in self.facts.items()
        }

    def __str__(self) -> str:
        return f"{self.code}: {self.text()}"


def shown(fact: Any, gettext: Gettext) -> str:
    """A fact in words: a status by its name, a number with its thousands apart, several papers as one
    enumeration."""
    if isinstance(fact, StrEnum):
        return gettext(title(fact))
    if isinstance(fact, int):
        return f"{fact:,}".replace(",", ".")
    return "; ".join(map(str, fact)) if isinstance(fact, tuple | list) else str(fact)
