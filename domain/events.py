"""Every act that leaves an event: a closed list of tags `aggregate:part:action`."""

from enum import StrEnum

from domain.codes import Verb
from domain.text import N_


class Tag(StrEnum):
    """What happened; the sentence is made at display, in the reader's language."""

    dossier_register = "dossier:intake:register"
    dossier_receive = "dossier:intake:receive"
    dossier_refuse_intake = "dossier:intake:refuse"
    dossier_ask_before_intake = "dossier:intake:ask"
    dossier_import = "dossier:intake:import"
    dossier_forward = "dossier:step:forward"
    dossier_assign = "dossier:step:assign"
    dossier_take_over = "dossier:step:take_over"
    dossier_give_back = "dossier:step:give_back"
    dossier_propose = "dossier:step:propose"
    dossier_approve = "dossier:step:approve"
    dossier_send_back = "dossier:step:send_back"
    dossier_consult = "dossier:consult:ask"
    dossier_answer_consult = "dossier:consult:answer"
    dossier_consult_silent = "dossier:consult:silent"
    dossier_request_supplement = "dossier:supplement:request"
    dossier_receive_supplement = "dossier:supplement:receive"
    dossier_request_payment = "dossier:payment:request"
    dossier_record_payment = "dossier:payment:record"
    dossier_ask_fee = "dossier:payment:ask"
    dossier_suspend = "dossier:clock:suspend"
    dossier_resume = "dossier:clock:resume"
    dossier_extend = "dossier:clock:extend"
    dossier_overdue = "dossier:clock:overdue"
    dossier_transfer = "dossier:transfer:send"
    dossier_answer_transfer = "dossier:transfer:answer"
    dossier_finish = "dossier:result:finish"
    dossier_refuse = "dossier:result:refuse"
    dossier_stop = "dossier:result:stop"
    dossier_return_result = "dossier:result:return"
    dossier_withdraw = "dossier:result:withdraw"
    dossier_correct_procedure = "dossier:procedure:correct"
    dossier_move_version = "dossier:procedure:move"
    dossier_comment = "dossier:note:comment"
    dossier_record_data = "dossier:data:record"
    dossier_read = "dossier:page:read"
    paper_print = "dossier:paper:print"
    paper_reprint = "dossier:paper:reprint"
    file_attach = "dossier:file:attach"
    file_read = "dossier:file:read"
    file_remove = "dossier:file:remove"
    scan_receive = "scan:batch:receive"
    scan_finish = "scan:batch:finish"
    scan_fail = "scan:batch:fail"
    scan_drop = "scan:piece:drop"
    scan_restore = "scan:piece:restore"
    message_send = "message:leg:send"
    message_receive = "message:leg:receive"
    procedure_publish = "procedure:version:publish"
    procedure_retire = "procedure:version:retire"
    procedure_units = "procedure:unit:choose"
    procedure_offer = "procedure:unit:offer"
    procedure_withdraw = "procedure:unit:withdraw"
    register_open = "register:definition:open"
    register_close = "register:definition:close"
    register_enter = "register:entry:enter"
    register_amend = "register:entry:amend"
    register_revoke = "register:entry:revoke"
    register_restore = "register:entry:restore"
    register_replace = "register:entry:replace"
    register_read = "register:entry:read"
    register_print = "register:paper:print"
    register_reprint = "register:paper:reprint"
    template_publish = "paper:template:publish"
    template_retire = "paper:template:retire"
    view_share = "list:view:share"
    view_change = "list:view:change"
    view_withdraw = "list:view:withdraw"
    view_default = "list:view:default"
    catalogue_create = "catalogue:record:create"
    catalogue_update = "catalogue:record:update"
    catalogue_delete = "catalogue:record:delete"
    catalogue_export = "catalogue:record:export"
    catalogue_import = "catalogue:record:import"
    catalogue_bulk_update = "catalogue:bulk:update"
    catalogue_bulk_delete = "catalogue:bulk:delete"
    catalogue_bulk_undo = "catalogue:bulk:undo"
    delegation_grant = "officer:delegation:grant"
    delegation_end = "officer:delegation:end"
    account_create = "account:record:create"
    account_update = "account:record:update"
    account_login = "account:session:login"
    account_login_failed = "account:session:fail"
    account_logout = "account:session:logout"
    account_password = "account:password:change"
    access_denied = "account:access:deny"


#: The one event each verb leaves.
VERB_TAGS: dict[Verb, Tag] = {
    Verb.add_attachment: Tag.file_attach,
    Verb.reprint: Tag.paper_reprint,
    **{
        verb: Tag[f"dossier_{verb.value}"]
        for verb in Verb
        if verb not in (Verb.add_attachment, Verb.reprint)
    },
}

#: Tag → English message id, as a past act.
TITLES: dict[Tag, str] = {
    Tag.dossier_register: N_("Dossier registered"),
    Tag.dossier_receive: N_("Dossier received"),
    Tag.dossier_refuse_intake: N_("Refused at the counter"),
    Tag.dossier_ask_before_intake: N_("Asked to complete the papers before receipt"),
    Tag.dossier_import: N_("Dossier imported from the former book"),
    Tag.dossier_forward: N_("Forwarded"),
    Tag.dossier_assign: N_("Assigned"),
    Tag.dossier_take_over: N_("Taken over"),
    Tag.dossier_give_back: N_("Assignment taken back"),
    Tag.dossier_propose: N_("Proposed for signature"),
    Tag.dossier_approve: N_("Approved"),
    Tag.dossier_send_back: N_("Sent back"),
    Tag.dossier_consult: N_("Opinion asked for"),
    Tag.dossier_answer_consult: N_("Opinion given"),
    Tag.dossier_consult_silent: N_("No answer in time: taken as consent"),
    Tag.dossier_request_supplement: N_("Supplement requested"),
    Tag.dossier_receive_supplement: N_("Supplement received"),
    Tag.dossier_request_payment: N_("Payment asked for"),
    Tag.dossier_record_payment: N_("Payment recorded"),
    Tag.dossier_ask_fee: N_("Fee asked for at a step"),
    Tag.dossier_suspend: N_("Suspended"),
    Tag.dossier_resume: N_("Resumed"),
    Tag.dossier_extend: N_("Apology and re-appointment"),
    Tag.dossier_overdue: N_("Became overdue"),
    Tag.dossier_transfer: N_("Transferred to another agency"),
    Tag.dossier_answer_transfer: N_("Came back from another agency"),
    Tag.dossier_finish: N_("Finished"),
    Tag.dossier_refuse: N_("Refused after appraisal"),
    Tag.dossier_stop: N_("Processing stopped"),
    Tag.dossier_return_result: N_("Result returned"),
    Tag.dossier_withdraw: N_("Withdrawn by the applicant"),
    Tag.dossier_correct_procedure: N_("Procedure corrected"),
    Tag.dossier_move_version: N_("Moved to another version of the procedure"),
    Tag.dossier_comment: N_("Comment"),
    Tag.dossier_record_data: N_("Data filled in"),
    Tag.dossier_read: N_("Dossier opened"),
    Tag.paper_print: N_("Paper printed"),
    Tag.paper_reprint: N_("Paper printed again"),
    Tag.file_attach: N_("File attached"),
    Tag.file_read: N_("File opened"),
    Tag.file_remove: N_("File removed"),
    Tag.scan_receive: N_("Scan taken in"),
    Tag.scan_finish: N_("Scan split and filed"),
    Tag.scan_fail: N_("Scan could not be read"),
    Tag.scan_drop: N_("Scanned pages thrown away"),
    Tag.scan_restore: N_("Scanned pages taken back into the tray"),
    Tag.message_send: N_("Message sent to another agency"),
    Tag.message_receive: N_("Message received from another agency"),
    Tag.procedure_publish: N_("Procedure version published"),
    Tag.procedure_retire: N_("Procedure version retired"),
    Tag.procedure_units: N_("Agencies of a procedure chosen"),
    Tag.procedure_offer: N_("Procedure offered at an agency"),
    Tag.procedure_withdraw: N_("Procedure no longer offered at an agency"),
    Tag.register_open: N_("Register put into use"),
    Tag.register_close: N_("Register closed"),
    Tag.register_enter: N_("Entered in a register"),
    Tag.register_amend: N_("Entry of a register amended"),
    Tag.register_revoke: N_("Entry of a register revoked"),
    Tag.register_restore: N_("Revocation taken back"),
    Tag.register_replace: N_("Entry of a register replaced"),
    Tag.register_read: N_("Entry of a register opened"),
    Tag.register_print: N_("Certificate printed"),
    Tag.register_reprint: N_("Certificate printed again"),
    Tag.template_publish: N_("Template of a paper published"),
    Tag.template_retire: N_("Template of a paper retired"),
    Tag.view_share: N_("View of a list shared"),
    Tag.view_change: N_("Shared view of a list changed"),
    Tag.view_withdraw: N_("Shared view of a list taken back"),
    Tag.view_default: N_("View set as default for roles"),
    Tag.catalogue_create: N_("Entry created"),
    Tag.catalogue_update: N_("Entry changed"),
    Tag.catalogue_delete: N_("Entry deleted"),
    Tag.catalogue_export: N_("Entries exported"),
    Tag.catalogue_import: N_("Entries imported"),
    Tag.catalogue_bulk_update: N_("Several entries changed at once"),
    Tag.catalogue_bulk_delete: N_("Several entries deleted at once"),
    Tag.catalogue_bulk_undo: N_("Act on several entries undone"),
    Tag.delegation_grant: N_("Delegation granted"),
    Tag.delegation_end: N_("Delegation ended"),
    Tag.account_create: N_("Account created"),
    Tag.account_update: N_("Account changed"),
    Tag.account_login: N_("Signed in"),
    Tag.account_login_failed: N_("Sign-in failed"),
    Tag.account_logout: N_("Signed out"),
    Tag.account_password: N_("Password changed"),
    Tag.access_denied: N_("Access denied"),
}
