from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination.audit.models import Entry
from tests import make
from volunteers.models import Certificate, Declaration, DeclarationText, Volunteer

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)
URL = "/ehrenamt/faellig/"


@pytest.fixture(autouse=True)
def in_december(settings, cast):
    settings.PORTAL_DAY = DAY
    for model in (Certificate, Declaration, DeclarationText):
        model.objects.all().delete()


@pytest.fixture
def people(cast):
    """One volunteer for each thing that may be due, and one who lacks nothing."""
    old = make.declaration_text(starts_on=date(2016, 1, 1))
    text = make.declaration_text(starts_on=date(2016, 6, 1))
    found = {}
    for name in ("fine", "never", "overdue", "soon", "missing", "outdated"):
        found[name] = make.volunteer(
            name=name.title(), agency=cast.agency, districts=[cast.district]
        )
        if name != "missing":
            signed = old if name == "outdated" else text
            make.declaration(volunteer=found[name], text=signed)
    cast.volunteer.delete()
    for name, issued_on in (
        ("overdue", date(2011, 12, 1)),
        ("soon", date(2012, 2, 1)),
        ("missing", DAY),
        ("outdated", DAY),
        ("fine", DAY),
    ):
        make.certificate(volunteer=found[name], issued_on=issued_on, inspected_on=DAY)
    return found


STATES = {
    "overdue": ["Overdue"],
    "soon": ["Soon"],
    "missing": ["Missing"],
    "outdated": ["Outdated"],
    "none": ["Never"],
}


def names(client, **query):
    response = client.get(URL, query)
    return [row.name for row, _papers, _edit in response.context["rows"]]


def test_it_lists_whoever_lacks_something(client, cast, people):
    client.force_login(cast.people["lead"])
    assert set(names(client)) == {"Missing", "Never", "Outdated", "Overdue", "Soon"}
    text = client.get(URL).content.decode()
    for said in ("überfällig seit", "01.12.2016", "fällig am", "01.02.2017", "fehlt", "überholt"):
        assert said in text
    # On a phone each row is a card, and says what of the columns it shows.
    assert '<span class="on-card">Führungszeugnis</span>' in text
    counts = {state: count for state, _label, count in client.get(URL).context["counts"]}
    assert counts == dict.fromkeys(STATES, 1)


def test_who_lacks_two_papers_is_counted_once_a_state(client, cast, people):
    for kind in ("privacy", "conduct"):
        make.declaration_text(kind)
    make.certificate(volunteer=people["never"], issued_on=date(2011, 1, 1))
    client.force_login(cast.people["lead"])
    response = client.get(URL)
    counts = {state: count for state, _label, count in response.context["counts"]}
    assert counts == {state: len(names(client, stand=state)) for state in STATES}
    assert counts == {"overdue": 2, "soon": 1, "missing": 6, "outdated": 1, "none": 0}


@pytest.mark.parametrize("state", STATES)
def test_it_is_filtered_by_how_things_stand(client, cast, people, state):
    client.force_login(cast.people["lead"])
    assert names(client, stand=state) == STATES[state]


def test_its_figures_count_volunteers_not_papers(client, cast, people):
    client.force_login(cast.people["lead"])
    html = client.get(URL).content.decode()
    figures = html[html.index('class="figures"') :].split("</ul>")[0]
    for said in (
        "1</strong> mit überfälligem Führungszeugnis",
        "1</strong> mit fehlender Erklärung",
        "1</strong> mit überholter Erklärung",
        "1</strong> ohne eingesehenes Führungszeugnis",
    ):
        assert said in figures
    assert ">Nachweis" in html


def test_a_certificate_nobody_ever_inspected_is_said_and_alarms_nobody(client, cast, people):
    client.force_login(cast.people["lead"])
    text = client.get(URL, {"stand": "none"}).content.decode()
    row = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "fehlt" in row
    assert "kern-badge--danger" not in row
    assert "Einsicht erfassen" in row
    assert "Führungszeugnis fehlt" in text
    Certificate.objects.filter(volunteer=people["overdue"]).delete()
    assert names(client, stand="none") == ["Never", "Overdue"]


def test_what_is_due_stands_before_whose_certificate_only_was_never_inspected(client, cast, people):
    make.volunteer(name="Beide", agency=cast.agency)  # has signed nothing either
    people["never"].name = "Allererste"
    people["never"].save()
    client.force_login(cast.people["lead"])
    due = ["Beide", "Missing", "Outdated", "Overdue", "Soon"]
    assert names(client) == [*due, "Allererste"]
    assert names(client, sortierung="name") == ["Allererste", *due]


def test_it_is_filtered_by_paper_and_by_both(client, cast, people):
    client.force_login(cast.people["lead"])
    assert names(client, nachweis="certificate") == ["Overdue", "Soon", "Never"]
    assert names(client, nachweis="confidentiality") == ["Missing", "Outdated"]
    assert names(client, nachweis="privacy") == []
    assert names(client, nachweis="confidentiality", stand="outdated") == ["Outdated"]
    assert names(client, nachweis="certificate", stand="missing") == []


def test_the_city_filters_by_agency(client, cast, people):
    other = make.volunteer(name="Andere", agency=cast.other_agency)
    client.force_login(cast.people["coordination"])
    assert "Andere" in names(client)
    assert names(client, verband=cast.other_agency.pk) == ["Andere"]
    client.force_login(cast.people["lead"])
    assert other.name not in names(client)
    offered = client.get(URL).context["filter"].form.fields["verband"].queryset
    assert list(offered) == [cast.agency]


def test_it_is_sorted_by_name_and_by_when_the_certificate_is_due(client, cast, people):
    client.force_login(cast.people["lead"])
    assert names(client, sortierung="-name") == ["Soon", "Overdue", "Outdated", "Never", "Missing"]
    assert names(client, sortierung="frist") == ["Overdue", "Soon", "Missing", "Outdated", "Never"]


def test_the_stichtag_decides(client, cast, people):
    client.force_login(cast.people["lead"])
    assert "Overdue" in names(client, stichtag="2016-09-01")  # due within three months then
    assert names(client, stichtag="2016-09-01", stand="overdue") == []
    assert "Soon" in names(client, stichtag="2017-02-01", stand="overdue")


def test_who_helps_no_more_is_not_asked(client, cast, people):
    Volunteer.objects.update(ends_on=date(2016, 11, 30))
    client.force_login(cast.people["lead"])
    assert names(client) == []


def test_each_line_leads_to_what_is_to_be_done(client, cast, people):
    client.force_login(cast.people["worker"])
    text = client.get(URL).content.decode()
    edit = reverse("volunteers:certificate_edit", args=[people["overdue"].pk])
    sign = reverse("volunteers:declaration_create", args=[people["missing"].pk])
    assert f'href="{edit}?von=faellig"' in text
    assert f'href="{sign}?von=faellig&amp;text=confidentiality"' in text
    client.force_login(cast.people["audit"])
    assert "von=faellig" not in client.get(URL).content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    client, cast, rows, django_assert_max_num_queries
):
    text = make.declaration_text()
    make.declaration_text("privacy")
    for _number in range(rows):
        row = make.volunteer(agency=cast.agency, districts=[cast.district])
        make.declaration(volunteer=row, text=text)
        make.certificate(volunteer=row, issued_on=date(2011, 1, 1), inspected_on=date(2011, 1, 1))
    client.force_login(cast.people["lead"])
    with django_assert_max_num_queries(12):
        client.get(URL)


def test_the_file_has_a_line_for_each_paper_and_the_log_keeps_who_took_it(client, cast, people):
    make.declaration_text("privacy")
    client.force_login(cast.people["lead"])
    response = client.post(f"{URL}datei/?format=xlsx&stand=outdated")
    rows = list(load_workbook(BytesIO(response.content)).active.values)[2:]
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("Outdated", "Erklärung überholt", "Verschwiegenheit, Fassung 2"),
        ("Outdated", "Erklärung fehlt", "Datenschutz, Fassung 1"),
    ]
    entry = Entry.objects.get(verb="exported")
    assert entry.after["count"] == 1
    assert "Outdated" not in str(entry.after)


def test_who_may_not_export_gets_no_file(client, cast, people):
    client.force_login(cast.people["worker"])
    assert client.post(f"{URL}datei/?format=csv").status_code == 403
    assert "datei" not in client.get(URL).content.decode()
    client.force_login(cast.people["other_lead"])
    text = client.post(f"{URL}datei/?format=csv").content.decode()
    assert "Overdue" not in text


def test_nothing_due_says_so(client, cast):
    Volunteer.objects.all().delete()
    client.force_login(cast.people["lead"])
    assert "Nichts ist fällig" in client.get(URL).content.decode()
    assert "passt nichts" in client.get(URL, {"stand": "overdue"}).content.decode()
