import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from coordination.context import breakable
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from volunteers import search
from volunteers.models import SearchWord, Volunteer

__all__ = ["signed_in"]
DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def url():
    return reverse("volunteers:volunteer_list")


def names(client, url, **query):
    return [row.name for row in client.get(url, query).context["page"].rows]


def test_the_list_says_who_helps_where_and_with_what(signed_in, cast, url):
    page = text(signed_in("worker").get(url))
    for said in ("Erika Beispiel", "Eicken", "Begleitung", "AWO", "1 ehrenamtliche Person<"):
        assert said in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("b.wefers@mail.example.org", "b.<wbr>wefers@<wbr>mail.example.org"),
        ("<b>@example.org", "&lt;b&gt;@<wbr>example.org"),
        ("", ""),
    ],
)
def test_the_line_of_an_address_breaks_at_its_parts(address, shown):
    assert breakable(address) == shown


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mül", True),
        ("MUELL", True),
        ("muller", True),
        ("jur müll", True),
        ("Müller-Lüdenscheidt", True),
        ("lüd", True),
        ("üller", False),
        ("jürgen meier", False),
        ("%", False),
        ("_", False),
        ("mül%", True),
        ("deutsch", False),
        ("02161 77889", True),
        ("+49 2161 77889", True),
        ("JM@example.org", True),
        ("jm@example", False),
    ],
)
def test_somebody_is_found_by_the_beginnings_of_their_names(signed_in, cast, url, typed, found):
    name = "Jürgen Müller-Lüdenscheidt"
    make.volunteer(
        name=name,
        agency=cast.agency,
        languages="Deutsch",
        phone="02161 77889",
        email="jm@example.org",
    )
    assert names(signed_in("worker"), url, suche=typed) == ([name] if found else [])


def test_filters(signed_in, cast, url):
    other = make.district(name="Ohler", parent=make.borough(name="West"))
    make.volunteer(
        name="Omar Haddad",
        agency=cast.other_agency,
        districts=[other],
        interests=[make.topic(name="Gesundheit")],
        languages="Arabisch, Deutsch",
    )
    make.volunteer(name="Herr Arabisch", agency=cast.other_agency, districts=[cast.district])
    client, found = signed_in("coordination"), ["Omar Haddad"]

    def only(**query):
        return names(client, url, **query)

    assert only() == ["Erika Beispiel", "Herr Arabisch", "Omar Haddad"]
    assert only(gebiet=other.pk) == only(gebiet=other.parent.pk) == found
    assert only(sprache="arab") == found
    topic = Volunteer.objects.get(name="Omar Haddad").interests.get()
    assert only(thema=topic.pk) == found
    assert only(verband=cast.other_agency.pk) == ["Herr Arabisch", "Omar Haddad"]
    assert only(verband=cast.other_agency.pk, sprache="deutsch") == found
    assert only(sortierung="-name") == ["Omar Haddad", "Herr Arabisch", "Erika Beispiel"]
    assert only(gebiet="x", thema="9223372036854775808", sortierung="email")
    assert "Zu diesem Filter passt niemand." in text(client.get(url, {"suche": "Niemand"}))


def test_ended_ones_are_shown_to_who_asks(signed_in, cast, url):
    make.volunteer(name="Vorbei", agency=cast.agency, ends_on=date(2016, 11, 30))
    make.volunteer(name="Bald", agency=cast.agency, starts_on=date(2017, 1, 1))
    client = signed_in("worker")
    assert names(client, url) == ["Bald", "Erika Beispiel"]
    assert names(client, url, stand="laufend") == ["Erika Beispiel"]
    assert names(client, url, stand="kommend") == ["Bald"]
    assert names(client, url, stand="beendet") == ["Vorbei"]
    assert len(names(client, url, stand="alle")) == 3
    assert names(client, url, stichtag="2016-11-30") == ["Bald", "Erika Beispiel", "Vorbei"]


def test_an_agency_reaches_its_own_and_those_given_to_its_workers(signed_in, cast, url):
    given = make.volunteer(name="Anvertraut", agency=cast.other_agency)
    contact = make.contact(volunteer=given, worker=cast.worker)
    make.volunteer(name="Fremd", agency=cast.other_agency)
    client = signed_in("worker")
    assert names(client, url) == ["Anvertraut", "Erika Beispiel"]
    assert names(signed_in("other_lead"), url) == ["Anvertraut", "Fremd"]
    contact.ends_on = date(2016, 11, 30)
    contact.save()
    # Today decides: another Stichtag opens nothing that is over.
    assert names(signed_in("worker"), url, stichtag="2016-11-01") == ["Erika Beispiel"]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, cast, url, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.volunteer(agency=cast.agency, interests=[cast.topic])
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        assert len(client.get(url, {"suche": "freiw", "gebiet": ""}).context["rows"]) == rows


def test_pages_go_on_where_the_last_one_ended(signed_in, cast, url):
    for number in range(60):
        make.volunteer(name=f"Person {number:02}", agency=cast.agency)
    client = signed_in("lead")
    first = client.get(url).context["page"]
    assert (len(first.rows), first.count) == (50, 61)
    second = client.get(url + first.next).context["page"]
    assert [row.name for row in second.rows] == [f"Person {number}" for number in range(49, 60)]
    assert client.get(url + second.previous).context["page"].rows == first.rows


def test_the_search_enters_an_index(db):
    """On SQLite; PostgreSQL takes the index as soon as there are many words."""
    from django.db import connection

    search.index(make.volunteer())
    plan = str(search.named(Volunteer.objects.order_by(), "freiw").explain()).lower()
    if connection.vendor == "sqlite":
        assert "searchword_volunteer (word>? and word<?)" in plan
    assert "seqscan" not in plan


def test_words_are_those_of_the_name_it_has_now(cast):
    row = cast.volunteer
    row.name, row.languages = "Neuer Name", "Arabisch (gut), Deutsch"
    search.index(row)
    words = SearchWord.objects.filter(volunteer=row).values_list("word", flat=True)
    assert sorted(words) == [":arabisch", ":deutsch", ":gut", "name", "neur"]


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def file_url():
    return reverse("volunteers:volunteer_export")


def test_a_file_is_taken_by_who_may_and_the_log_says_how_many(signed_in, cast, file_url):
    make.volunteer(name="Frauke Fremd", agency=cast.other_agency)
    answer = signed_in("coordination").post(f"{file_url}?format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["Name", "Erika Beispiel", "Frauke Fremd"]
    taken = Entry.objects.filter(verb="exported").order_by("pk")
    assert [(row.agency_id, row.after["count"]) for row in taken] == [
        (cast.agency.pk, 1),
        (cast.other_agency.pk, 1),
    ]
    assert {row.by for row in taken} == {cast.people["coordination"]}
    assert "Erika" not in str([(row.after, row.target_label) for row in taken])


def test_an_agencys_file_holds_its_own_only(signed_in, cast, file_url):
    make.volunteer(name="Frauke Fremd", agency=cast.other_agency)
    answer = signed_in("lead").post(f"{file_url}?format=csv&stand=alle")
    assert "Frauke" not in answer.content.decode()
    assert Entry.objects.get(verb="exported").agency_id == cast.agency.pk


@pytest.mark.parametrize("who", ["worker", "audit", "council", "stranger"])
def test_others_take_no_file(signed_in, cast, file_url, who):
    assert signed_in(who).post(f"{file_url}?format=csv").status_code == 403
    assert not Entry.objects.filter(verb="exported").exists()
    page = signed_in(who).get(reverse("volunteers:volunteer_list") + "?format=csv")
    assert "csv" not in page.headers["Content-Type"]
    if page.status_code == 200:
        assert file_url not in text(page)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_a_file_is_a_formula(signed_in, cast, file_url, kind):
    for start in "=+-@":
        make.volunteer(name=f"{start}1+1", phone=f"{start}SUM(A1)", agency=cast.agency)
    content = signed_in("lead").post(f"{file_url}?format={kind}").content
    if kind == "csv":
        cells = [
            cell
            for line in content.decode("utf-8-sig").splitlines()
            for cell in line.replace('"', "").split(";")
        ]
        assert sum(cell.startswith("'") for cell in cells) == 8
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@")]
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert b"<f>" not in b"".join(
                book.read(name) for name in book.namelist() if "sheet" in name
            )


def test_a_file_of_no_known_kind_is_the_list(signed_in, cast, file_url, url):
    answer = signed_in("lead").post(f"{file_url}?format=exe")
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert not Entry.objects.filter(verb="exported").exists()
