from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from agencies import occupancies, positions
from coordination.audit.log import Verb, record
from coordination.audit.models import Entry
from tests import make

URL = "/protokoll/"


@pytest.fixture
def read(client, cast):
    def as_(who, **query):
        client.force_login(cast.people[who])
        return client.get(URL, query)

    return as_


def text(response):
    return response.content.decode()


def entry(target, by=None, **fields):
    return record(
        fields.pop("verb", Verb.CHANGED), target, by=by, agency_id=fields.pop("agency_id", None),
        **fields,
    )  # fmt: skip


def labels(response):
    return [line.entry.target_label for line in response.context["lines"]]


def test_an_agency_reads_what_concerns_it_and_nothing_else(read, cast):
    canary = make.worker(agency=cast.other_agency, name="Kanarienvogel")
    entry(canary, agency_id=cast.other_agency.pk, reason="Kanarie-Grund", after={"name": "K-Wert"})
    entry(make.agency(name="Stadt", short_name="Rathausspatz"))
    entry(cast.worker, agency_id=cast.agency.pk)
    for who in ("lead", "worker"):
        assert labels(read(who)) == [cast.worker.name]
        for query in ({}, {"format": "csv"}, {"objekt": f"agencies.worker:{canary.pk}"}):
            page = text(read(who, **query))
            for word in ("Kanarienvogel", "Kanarie-Grund", "K-Wert", "Rathausspatz"):
                assert word not in page
    assert labels(read("other_lead")) == ["Kanarienvogel"]
    assert len(labels(read("coordination"))) == len(labels(read("audit"))) == 3


def test_it_says_who_did_what_when_before_after_and_why(read, cast):
    by = cast.people["coordination"]
    position = make.position(agency=cast.agency, title="Ost", ends_on=date(2017, 12, 31))
    positions.change(position, ends_on=date(2018, 3, 31), reason="Verlängerung", by=by)
    page = " ".join(text(read("lead")).split())
    for words in (by.name, "geändert", "AWO · Ost", "Bis: 31.12.2017 → 31.03.2018", "Verlängerung"):
        assert words in page


def test_values_are_written_as_people_write_them(read, cast):
    entry(
        cast.position,
        agency_id=cast.agency.pk,
        before={"fte": "0.50", "ends_on": None},
        after={"fte": "1.00", "ends_on": "2018-03-31"},
    )
    entry(
        cast.worker,
        agency_id=cast.agency.pk,
        before={"kind": "employed", "is_active": True},
        after={"kind": "freelance", "is_active": False},
    )
    entry(
        cast.assignment,
        agency_id=cast.agency.pk,
        after={"postal_codes": ["41061", "41063"], "share": 20, "topic": "", "made_up": "x"},
    )
    shown = {
        (change.label, change.before, change.after)
        for line in read("lead").context["lines"]
        for change in line.changes
    }
    assert shown == {
        ("VZÄ", "0,50", "1,00"),
        ("Bis", "–", "31.03.2018"),
        ("Art", "Fachkraft", "Honorarkraft"),
        ("Aktiv", "ja", "nein"),
        ("Postleitzahlen", None, "41061, 41063"),
        ("Anteil in Prozent", None, "20"),
        ("made_up", None, "x"),
    }


def test_what_was_typed_is_escaped(read, cast):
    entry(cast.worker, agency_id=cast.agency.pk, after={"name": "<b>x</b>"}, reason="<script>")
    page = text(read("lead"))
    assert "<b>x</b>" not in page
    assert "&lt;script&gt;" in page


def test_filters(read, cast):
    by, other = make.user(name="Änne Öhler"), make.user(name="Bert Bauer")
    entry(cast.worker, by=by, agency_id=cast.agency.pk)
    entry(cast.position, by=other, agency_id=cast.agency.pk, district_id=cast.district.pk)
    entry(cast.other_agency, agency_id=cast.other_agency.pk)
    worker, position, drk = cast.worker.name, str(cast.position), "DRK"

    def found(**query):
        return set(labels(read("coordination", **query)))

    assert found(suche="QUARTIERSARBEIT") == {position}
    assert found(art="agencies.worker") == {worker}
    assert found(verband=cast.other_agency.pk) == {drk}
    assert found(stadtteil=cast.district.pk) == {position}
    assert found(person="änne") == {worker}
    assert found(objekt=f"agencies.position:{cast.position.pk}") == {position}
    assert found(objekt="agencies.position:999999") == set()
    today = Entry.objects.first().at.astimezone().date()
    assert found(von=today.isoformat(), bis=today.strftime("%d.%m.%Y")) == {worker, position, drk}
    assert found(bis="31.12.2015") == set()
    assert found(von="31.12.2199") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"von": "31.02.2016"},
        {"verband": "9" * 40},
        {"art": "x"},
        {"objekt": "agencies.worker"},
        {"objekt": "agencies.worker:" + "9" * 18},
        {"objekt": "no.such:1"},
        {"nach": "x", "vor": "y"},
        {"suche": "%_" * 50},
        {"person": "'; DROP TABLE audit_entry"},
    ],
)
def test_no_filter_breaks_the_page(read, cast, query):
    assert read("coordination", **query).status_code == 200


def test_an_entry_leads_to_its_object_where_the_reader_may_open_it(read, cast):
    for target in (cast.worker, cast.position, cast.agency, cast.people["worker"]):
        entry(target, agency_id=cast.agency.pk)
    entry(cast.district, agency_id=cast.agency.pk)
    entry(cast.occupancy, agency_id=cast.agency.pk)  # has no page of its own

    def addresses(who):
        return {line.address for line in read(who).context["lines"]}

    pages = {
        reverse("agencies:worker_detail", args=[cast.worker.pk]),
        reverse("agencies:position_detail", args=[cast.position.pk]),
        reverse("agencies:agency_detail", args=[cast.agency.pk]),
        reverse("agencies:district_detail", args=[cast.district.pk]),
        "",
    }
    account = reverse("people:account_detail", args=[cast.people["worker"].pk])
    assert addresses("worker") == pages
    assert addresses("lead") == addresses("audit") == pages | {account}
    for who in ("worker", "lead", "audit"):
        for address in addresses(who) - {""}:
            read(who)
            assert read(who).client.get(address).status_code == 200


def test_pages_go_on_where_the_last_one_ended(read, cast):
    for _ in range(120):
        entry(cast.worker, agency_id=cast.agency.pk)
    first = read("lead")
    assert "120 Einträge" in text(first)
    seen, query = [], ""
    while True:
        page = first.client.get(URL + query).context["page"]
        seen += [row.pk for row in page.rows]
        query = page.next
        if not query:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 120


def test_the_count_of_a_long_log_is_capped(read, cast, monkeypatch):
    monkeypatch.setattr("coordination.paging.HIGHEST_COUNT", 2)
    for _ in range(3):
        entry(cast.worker, agency_id=cast.agency.pk)
    assert "mehr als 2 Einträge" in text(read("lead"))


@pytest.mark.parametrize("rows", [1, 60])
def test_the_page_costs_the_same_however_long_the_log_is(
    read, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        entry(make.worker(), by=make.user(), district_id=cast.district.pk, agency_id=cast.agency.pk)
    client = read("coordination").client
    with django_assert_max_num_queries(11):
        client.get(URL, {"suche": "fach", "person": "person"})


def test_the_export_holds_before_and_after(read, cast):
    occupancies.end(cast.occupancy, ends_on=date(2017, 6, 30), reason="=Elternzeit", by=None)
    answer = read("lead", format="xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet.cell(1, 1).value.startswith("Änderungsprotokoll · ")
    heading = [cell.value for cell in sheet[2]]
    row = dict(zip(heading, [cell.value for cell in sheet[3]], strict=True))
    assert row["Vorgang"] == "beendet"
    assert row["Wer"] == "System"
    assert (row["Vorher"], row["Nachher"]) == ("Bis: 31.03.2018", "Bis: 30.06.2017")
    assert row["Begründung"] == "=Elternzeit"
    assert sheet.cell(3, heading.index("Begründung") + 1).data_type == "s"


def test_an_empty_log_says_what_will_stand_here(read):
    assert "Hier wird jede Änderung" in text(read("lead"))
    assert "Zu diesem Filter passt kein Eintrag." in text(read("lead", suche="x"))
