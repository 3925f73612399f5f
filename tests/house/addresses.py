"""Every route of the product and who may open it, written a second time by hand for the tests of routes."""

import re

from app.roles import declared, full_matrix
from views.generated.columns import register_of

#: Open to strangers. Everything else must send them away.
PUBLIC = {
    "/login/": "the way in",
    "/logout/": "the way out",
    "/lang/<string:locale>": "the language of the sign-in page",
    "/static/<path:filename>": "style sheets and scripts",
    "/static/appbuilder/<path:filename>": "the same, of the framework",
    "/healthz": "asked by the supervisor",
    "/readyz": "asked by the supervisor",
    "/api/v1/security/login": "the way in of programs",
    "/api/v1/security/refresh": "asks for a token itself",
    "/back": "shows nothing, leads to the list or home",
    "/mau-don/<uuid:document_id>": "blank forms of published procedures",
    "/theo-doi-ho-so": "where the code of a slip is typed",
    "/tra-cuu/<string:code>": "what the QR code of a slip leads to, without names",
}
USE = "can_use"
VERSION_ACTS = ("draft", "publish", "retire")
VERSION_PAGES = ("lich-su", "xem-thu", "chuyen-ho-so", "thu", "chay-lai")
VERSION_PAGES += ("don-vi", "giay-to/<uuid:row_id>/mau")
DOSSIER_API = ("<code>", "schema/<uuid:pk>", "<code>/file/<uuid:file_id>")
REGISTER_API = ("entry", "entry/<uuid:pk>", "schema")
REGISTER_PAGES = ("/<code>", "/<code>/xuat/<string:form>", "/<code>/in")
REGISTER_PAGES += ("/<code>/<uuid:entry_id>", "/<code>/giay/<uuid:paper_id>")
REGISTER_ACTS = ("/them", "/<uuid:entry_id>/<slug>", "/in-giay/<uuid:entry_id>")
REGISTER_ACTS += ("/giay/<uuid:paper_id>/in-lai",)
DESIGN_ACTS = ("xem-thu", "bo", "su-dung/<viec>", "<phan>/<uuid:row_id>/<viec>")
HELD = full_matrix()
#: Hand-written pages: rule → what it asks for, by GET and by POST.
PAGES: dict[str, tuple[str, str]] = {
    "/": (USE, "Home"),
    "/tiep-nhan": (USE, "Counter"),
    "/tiep-nhan/anh": (USE, "Counter"),
    "/tiep-nhan/co-quan": (USE, "Counter"),
    "/tiep-nhan/hen-tra": (USE, "Counter"),
    "/tiep-nhan/ket-qua/<uuid:visit_id>": (USE, "Counter"),
    "/tiep-nhan/thu-tuc": (USE, "Counter"),
    "/tiep-nhan/xong/<string:dossier_id>": (USE, "Counter"),
    "/tiep-nhan/xong/<string:dossier_id>/thu": (USE, "Counter"),
    "/tra-ket-qua": (USE, "ReturnDesk"),
    "/tra-ket-qua/<string:dossier_id>": (USE, "ReturnDesk"),
    "/tra-ket-qua/<string:dossier_id>/thu": (USE, "ReturnDesk"),
    "/quet": (USE, "Scans"),
    "/quet/<uuid:batch_id>/thu-lai": (USE, "Scans"),
    "/quet/giay-to": (USE, "Scans"),
    "/quet/khay": (USE, "Scans"),
    **{
        f"/quet/khay/<uuid:piece_id>{act}": (USE, "Scans")
        for act in ("", "/bo", "/lay-lai", "/luu")
    },
    "/quet/manh/<uuid:piece_id>/trang/<int:number>": (USE, "Scans"),
    "/giay/<uuid:paper_id>/trang/<int:number>": ("can_read", "Dossier"),
    "/tep/<uuid:file_id>/trang/<int:number>": ("can_read", "DossierFile"),
    "/quet/tien-do": (USE, "Scans"),
    "/quet/tim": (USE, "Scans"),
    "/quet/to-bia/<uuid:dossier_id>": (USE, "Scans"),
    "/viec": (USE, "WorkList"),
    "/viec/thu-tuc": (USE, "WorkList"),
    **dict.fromkeys(("/viec/xem-truoc", "/viec/hoan-tac"), (USE, "WorkList")),
    "/viec/xem/<uuid:step_id>": (USE, "WorkList"),
    "/viec/xem/<uuid:step_id>/<slug>": ("can_act", "Dossier"),
    "/ky": (USE, "Signing"),
    "/ky/nhieu": (USE, "Signing"),
    "/ky/<uuid:step_id>/<slug>": (USE, "Signing"),
    "/tra-cuu": (USE, "Search"),
    "/tra-cuu/nguoi/<uuid:person_id>": ("can_read", "Applicant"),
    **{f"/{at}/xuat/<string:form>": ("can_export", "Dossier") for at in ("tra-cuu", "viec")},
    "/tim-nhanh": (USE, "Search"),
    **dict.fromkeys(("/so-viec", "/tuy-chon", "/viec-chay-lau"), (USE, "Home")),
    **{
        f"/viec-chay-lau/{act}": (USE, "Home")
        for act in ("so", "<uuid:job_id>/tep", "<uuid:job_id>/lai")
    },
    "/bieu-mau-giu-lai/<uuid:form_id>": (USE, "Home"),
    "/style": (USE, "Style"),
    "/so-theo-doi": ("can_read", "RegisterBook"),
    "/so-theo-doi/co-quan": ("can_read", "RegisterBook"),
    "/so-theo-doi/in": ("can_read", "RegisterBook"),
    "/so-theo-doi/xuat/<string:form>": ("can_read", "RegisterBook"),
    **{f"/so{rest}": ("can_read", "RegisterEntry") for rest in ("", *REGISTER_PAGES)},
    **{f"/so/<code>{rest}": ("can_act", "RegisterEntry") for rest in REGISTER_ACTS},
    "/nhat-ky/": ("can_read", "EventLog"),
    "/ho-so/<uuid:dossier_id>": ("can_read", "Dossier"),
    "/ho-so/<uuid:dossier_id>/<slug>": ("can_act", "Dossier"),
    "/ho-so/<uuid:dossier_id>/giay/<form>": ("can_act", "Dossier"),
    "/ho-so/chon/co-quan": ("can_act", "Dossier"),
    "/ho-so/chon/thu-tuc": ("can_act", "Dossier"),
    "/giay/<uuid:paper_id>": ("can_read", "Dossier"),
    "/giay/<uuid:paper_id>/in-lai": ("can_act", "Dossier"),
    "/tep/<uuid:file_id>": ("can_read", "DossierFile"),
    **{f"/danh-muc/procedure_version/{act}/<pk>": (USE, "Publish") for act in VERSION_ACTS},
    **{f"/mau-in{rest}": (USE, "Publish") for rest in ("", "/moi", "/goc/<form>")},
    **{
        f"/mau-in/<uuid:template_id>{act}": (USE, "Publish")
        for act in ("", "/thu", "/bai-bo", "/ban-thao", "/xoa", "/khac")
    },
    "/danh-muc/officer/account/<pk>": (USE, "Accounts"),
    **{f"/cach-xem{r}": (USE, "Home") for r in ("", "/<uuid:view_id>", "/<uuid:view_id>/<viec>")},
    **{f"/cach-xem/<key>/{act}": (USE, "Home") for act in ("cot", "luu", "mac-dinh")},
    "/thiet-ke/<uuid:version_id>": (USE, "Publish"),
    "/thiet-ke/<uuid:version_id>/<phan>/<uuid:row_id>/<viec>": (USE, "Publish"),
    **{f"/thiet-ke/<uuid:version_id>/{x}": (USE, "Publish") for x in VERSION_PAGES},
    "/thiet-ke/<uuid:version_id>/so-sanh": ("can_read", "ProcedureVersion"),
    "/thiet-ke-so/": (USE, "Publish"),
    "/thiet-ke-so/<uuid:register_id>": (USE, "Publish"),
    **{f"/thiet-ke-so/<uuid:register_id>/{act}": (USE, "Publish") for act in DESIGN_ACTS},
    **dict.fromkeys(("/thong-bao", "/thong-bao/da-doc"), (USE, "WorkList")),
    "/thu-tuc/nhap": (USE, "Publish"),
    "/thu-tuc/xuat/<uuid:version_id>": (USE, "Publish"),
    "/users/userinfo/": ("can_userinfo", "UserDBModelView"),
    "/users/action/<string:name>/<pk>": ("can_action", "UserDBModelView"),
    "/resetmypassword/form": ("can_this_form_get", "ResetMyPasswordView"),
    **{f"/api/v1/dossier/{key}": ("can_read", "Dossier") for key in DOSSIER_API},
    **{f"/api/v1/register/<code>/{key}": ("can_read", "RegisterEntry") for key in REGISTER_API},
    "/api/<version>/_openapi": (USE, "Home"),
    "/api/v1/menu/": ("can_get", "MenuApi"),
}
#: Generated screens and API: what follows the name of the register → letter of its declaration.
SCREENS = {
    "list/": "r",
    "show/<pk>": "r",
    "pick/<relation>": "ae",
    "add": "a",
    "edit/<pk>": "e",
    "delete/<pk>": "d",
    "action_post": "d",
    "action/<string:name>/<pk>": "d",
    "change": "e",
    "change/do": "e",
    "remove": "d",
    "undo": "ed",
    "export/<string:form>": "x",
    "book": "x",
    **dict.fromkeys(("import", "import/<uuid:run_id>", "import/<uuid:run_id>/loi"), "i"),
}
API = {"GET": "r", "POST": "a", "PUT": "e", "DELETE": "d"}
GENERATED = re.compile(r"^/danh-muc/(\w+)/(.+)$")
REST = re.compile(r"^/api/v1/(\w+)/(?:<string:pk>)?$")
#: Registers with a picker → one relation that it serves.
PICKED = {
    m.__tablename__: next(c.name for c in register_of(m).relations if c.ui.edited)
    for m in declared()
    if any(c.ui.edited for c in register_of(m).relations)
}
#: What a value in an address may be so that the route is reached and nothing is found.
VALUES = {"number": "1", "name": "delete_many", "form": "csv", "version": "v1", "slug": "chuyen"}
VALUES |= {"code": "khong-co"}
