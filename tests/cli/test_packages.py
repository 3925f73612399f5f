"""`flask --app run procedures export` and `import`."""

from typing import Any

import pytest
import sqlalchemy as sa

from models.procedure import Procedure, ProcedureVersion, VersionState
from models.register import Register
from tests.factories.procedures import STREET, street_permit
from tests.factories.registers import CODE, street_register, writes_into
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def run(app: Any, session: Any) -> Any:
    def invoke(*arguments: str) -> Any:
        session.commit()
        answer = app.test_cli_runner().invoke(args=["procedures", *arguments])
        assert answer.exception is None or isinstance(answer.exception, SystemExit)
        return answer

    return invoke


def published(session: Any) -> int:
    query = sa.select(sa.func.count(ProcedureVersion.id)).where(
        ProcedureVersion.state == VersionState.published
    )
    return int(session.scalar(query))


def test_export_writes_every_published_version(run: Any, session: Any, tmp_path: Any) -> None:
    folder = tmp_path / "goi"
    assert run("export", str(folder)).exit_code == 0
    files = sorted(folder.glob("*.yaml"))
    assert len(files) == published(session) > 50
    assert all(
        file.read_text(encoding="utf-8").startswith("format: mot-cua-thu-tuc") for file in files
    )


def test_what_is_here_already_is_left_out(run: Any, session: Any, tmp_path: Any) -> None:
    street_permit()
    run("export", str(tmp_path), "--code", STREET)
    file = tmp_path / f"{STREET}-1.yaml"
    answer = run("import", str(file), "--unit", "DL-648")
    assert answer.exit_code == 0 and file.name in answer.output
    session.rollback()
    assert len(session.scalars(sa.select(ProcedureVersion).join(Procedure).where(
        Procedure.code == STREET)).all()) == 1  # fmt: skip


@pytest.mark.parametrize(("options", "count"), [((), 1), (("--dry-run",), 0)])
def test_import_makes_drafts(
    run: Any, session: Any, tmp_path: Any, options: tuple[str, ...], count: int
) -> None:
    street_permit()
    run("export", str(tmp_path), "--code", STREET)
    file = tmp_path / f"{STREET}-1.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"'{STREET}'", "'9.000001'"), encoding="utf-8")
    assert run("import", str(file), "--unit", "DL-648", *options).exit_code == 0
    session.rollback()
    found = session.scalars(
        sa.select(ProcedureVersion).join(Procedure).where(Procedure.code == "9.000001")
    ).all()
    assert [v.state for v in found] == [VersionState.draft] * count


def test_refused_file_is_told_with_its_place_and_the_others_are_taken_in(
    run: Any, session: Any, tmp_path: Any
) -> None:
    street_permit()
    run("export", str(tmp_path), "--code", STREET)
    good = tmp_path / f"{STREET}-1.yaml"
    text = good.read_text(encoding="utf-8")
    bad = tmp_path / "hong.yaml"
    bad.write_text(text.replace("legal_term: 5wd", "legal_term: 5 ngày"), encoding="utf-8")
    good.write_text(text.replace("legal_term: 5wd", "legal_term: 3wd"), encoding="utf-8")
    answer = run("import", str(bad), str(good), "--unit", "DL-648")
    assert answer.exit_code == 1
    assert "hong.yaml: version.legal_term" in answer.output
    session.rollback()
    query = sa.select(ProcedureVersion.legal_term).join(Procedure).where(Procedure.code == STREET)
    assert sorted(session.scalars(query)) == ["3wd", "5wd"]


def test_unit_that_is_not_here_ends_with_two(run: Any, tmp_path: Any) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("x", encoding="utf-8")
    assert run("import", str(file), "--unit", "KHONG").exit_code == 2


def test_folder_is_looked_at_and_taken_in_with_what_goes_with_it(
    run: Any, session: Any, tmp_path: Any
) -> None:
    version = street_permit()
    writes_into(version, street_register())
    run("export", str(tmp_path), "--code", STREET)
    file = tmp_path / f"{STREET}-1.yaml"
    text = file.read_text(encoding="utf-8").replace(CODE, "so_khac")
    file.write_text(text.replace("legal_term: 5wd", "legal_term: 3wd"), encoding="utf-8")
    answer = run("import", str(tmp_path), "--unit", "DL-648", "--dry-run")
    assert answer.exit_code == 0
    assert "5 ngày làm việc → 3 ngày làm việc" in answer.output
    assert "(so_khac): tạo bản thảo" in answer.output
    codes = sa.select(Register.code).order_by(Register.code)
    assert list(session.scalars(codes)) == [CODE]
    answer = run("import", str(tmp_path), "--unit", "DL-648")
    assert answer.exit_code == 0 and "(so_khac): tạo bản thảo" in answer.output
    session.rollback()
    assert list(session.scalars(codes)) == [CODE, "so_khac"]


def test_code_that_no_published_procedure_has_ends_with_two(run: Any, tmp_path: Any) -> None:
    folder = tmp_path / "goi"
    answer = run("export", str(folder), "--code", STREET, "--code", "KHONG")
    assert answer.exit_code == 2 and "KHONG" in answer.output and not folder.exists()
