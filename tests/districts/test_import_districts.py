"""The command ``import_districts``."""

import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from coordination.audit.models import Entry
from districts.models import District
from tests import make
from tests.districts import cities

CSV = "key,name\n101,Gladbach\n103,Eicken\n"
SAMPLE = settings.BASE_DIR / "coordination" / "demo" / "data"


@pytest.fixture
def file(tmp_path):
    def write(content, name="stadtteile.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_districts", *arguments, stdout=out)
    return out.getvalue()


def test_each_district_is_reported_and_the_sums(db, file):
    path = file(CSV)
    assert "angelegt: 103 Eicken\n" in run(path)
    said = run(path)
    assert "unverändert: 103 Eicken\n" in said
    assert said.endswith("angelegt: 0\ngeändert: 0\nunverändert: 2\nbeendet: 0\n")
    said = run(file("key,name\n103,Oicken\n"), "--valid-from", "01.01.2017")
    assert "geändert: 103 Oicken" in said
    assert "beendet: 101 Gladbach" in said
    assert Entry.objects.filter(by=None).count() == 4


def test_a_trial_run_changes_nothing(db, file):
    said = run(file(CSV), "--dry-run")
    assert "angelegt: 2" in said
    assert "Probelauf: Es wurde nichts importiert." in said
    assert not District.objects.exists()


def test_all_options_reach_the_import(db, file):
    make.borough(key="1", name="Nord")
    run(
        file("nr;titel;bezirk;plz\n9;Eicken;Nord;41061\n"),
        *("--key-field", "nr", "--name-field", "titel", "--parent-field", "bezirk"),
        *("--postal-codes-field", "plz", "--valid-from", "2009-10-22"),
    )
    eicken = District.objects.quarters().get()
    assert eicken.parent.name == "Nord"
    assert [code.code for code in eicken.postal_codes.all()] == ["41061"]
    run(file("key,name\n1,Norden\n"), "--level", "borough")
    assert District.objects.boroughs().get().name == "Norden"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"{", "kaputt.geojson", "Die Datei ist kein JSON"),
        (b"kein JSON", "kaputt.geojson", "Die Datei ist kein JSON"),
        (
            cities.collection(cities.feature(ring=cities.BOW_TIE)),
            "schleife.geojson",
            "Objekt 1 (Eicken): ungültige Geometrie",
        ),
    ],
)
def test_a_bad_file_ends_with_a_message(db, file, content, name, message):
    with pytest.raises(CommandError, match=r"Es wurde nichts importiert\.\Z") as failed:
        run(file(content, name))
    assert message in str(failed.value)
    assert not District.objects.exists()


def test_what_is_no_file_or_no_day_ends_with_a_message(db, file, tmp_path):
    for missing in (str(tmp_path / "fehlt.csv"), str(tmp_path)):
        with pytest.raises(CommandError, match="lässt sich nicht lesen"):
            run(missing)
    with pytest.raises(CommandError, match="„31.02.2016“ ist kein Datum"):
        run(file(CSV), "--valid-from", "31.02.2016")


def test_the_program_itself_fails_without_a_traceback(file):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_districts", file(b"{", "kaputt.json")],
        cwd=settings.BASE_DIR,
        env={"PORTAL_DEMO": "1", "DATABASE_URL": "sqlite://:memory:"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Die Datei ist kein JSON" in done.stderr


def test_the_sample_city_can_be_imported(db):
    run(str(SAMPLE / "stadtbezirke.csv"), "--level", "borough", "--valid-from", "2009-10-22")
    run(str(SAMPLE / "stadtteile.csv"))
    said = run(str(SAMPLE / "stadtteile.geojson"))
    assert "geändert: 44" in said
    assert District.objects.quarters().filter(is_schematic=True).count() == 44
    eicken = District.objects.get(name="Eicken")
    assert (eicken.parent.name, eicken.population) == ("Nord", 14456)
    assert eicken.neighbours.filter(name="Windberg").exists()
