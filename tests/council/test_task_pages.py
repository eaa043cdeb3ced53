"""The follow-up of resolutions: the list, the twice-yearly list and its PDF, the acts."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from coordination.as_of import today
from coordination.council.models import ResolutionTask
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "2016-12-01"


def texts(client, **query):
    rows = client.get(reverse("council:task_list"), {"stichtag": DAY, **query}).context["rows"]
    return [row.task.text for row in rows]


def test_the_list_shows_open_tasks_and_how_late_they_are(signed_in, cast):
    page = text(signed_in("council").get(reverse("council:task_list"), {"stichtag": DAY}))
    assert cast.task.text in page
    assert cast.done_task.text not in page
    assert "154 Tage überfällig" in page  # since 30 June
    assert ">275<" in page  # days since 1 March


def test_filters(signed_in, cast):
    client = signed_in("council")
    late = make.task(text="Später", owner="Kämmerei", due_on=date(2017, 1, 31))
    make.task("dropped", text="Entfallen")
    assert texts(client) == [cast.task.text, late.text]
    assert texts(client, stand="ueberfaellig") == [cast.task.text]
    assert texts(client, stand="erledigt") == [cast.done_task.text]
    assert texts(client, stand="entfallen") == ["Entfallen"]
    assert len(texts(client, stand="alle")) == 4
    assert texts(client, amt="Kämmerei") == ["Später"]
    assert texts(client, von="01.01.2017") == ["Später"]
    assert texts(client, bis="31.12.2016") == [cast.task.text]
    assert texts(client, suche="SPÄTER") == ["Später"]
    assert texts(client, suche=cast.resolution.motion.number.upper())[:1] == [cast.task.text]
    assert texts(client, sortierung="-faellig") == [late.text, cast.task.text]
    # As of a day before it was done, the other one was open too.
    assert len(texts(client, stichtag="2016-05-31")) == 4


@pytest.fixture
def responsible(cast):
    person = make.user("coordination", name="Zuständige Zoe")
    ResolutionTask.objects.filter(pk=cast.task.pk).update(responsible=person)
    return person


@pytest.mark.parametrize("query", ["", "?format=csv", "?stand=alle&format=csv"])
def test_the_council_sees_the_office_and_not_the_person(signed_in, cast, responsible, query):
    for page, args in (
        ("task_list", []),
        ("task_half_year", []),
        ("task_detail", [cast.task.pk]),
        ("resolution_detail", [cast.resolution.pk]),
        ("motion_detail", [cast.resolution.motion_id]),
    ):
        url = reverse(f"council:{page}", args=args) + query
        assert responsible.name not in text(signed_in("council").get(url)), page
        if page not in ("task_half_year",) or query:
            assert responsible.name in text(signed_in("audit").get(url)), page


def test_a_task_is_given_finished_and_opened_again(signed_in, cast):
    client, resolution = signed_in("coordination"), cast.resolution
    fields = {"text": "Bericht vorlegen", "owner": "Amt", "due_on": "30.06.2016"}
    url = reverse("council:task_create", args=[resolution.pk])
    assert client.post(url, fields).status_code == 302
    assert "Diese Aufgabe ist schon eingetragen." in text(client.post(url, fields))
    task = resolution.tasks.get(text="Bericht vorlegen")

    def act(page, **fields):
        url = reverse(f"council:{page}", args=[task.pk])
        form = client.get(url).context["form"]
        return client.post(url, {**fields, "step": form["step"].value()})

    assert "Dieses Feld ist zwingend" in text(act("task_finish", day="01.06.2016", report=" "))
    wrong = act("task_finish", day="01.01.2016", report="Fertig")
    assert "Der Schritt davor war am 01.03.2016" in text(wrong)
    assert "Fertig" in text(wrong)
    iban = act("task_finish", day="01.06.2016", report="DE89 3704 0044 0532 0130 00")
    assert "IBAN" in text(iban)
    assert act("task_finish", day="01.06.2016", report="Vorgelegt").status_code == 302
    assert "erledigt am 01.06.2016" in text(act("task_drop", day="02.06.2016", reason="Nein"))
    assert act("task_reopen", due_on="01.01.2027", reason="Doch nicht").status_code == 302
    assert act("task_postpone", due_on="01.02.2027", reason="Mehr Zeit").status_code == 302
    assert act("task_drop", day=f"{today():%d.%m.%Y}", reason="Überholt").status_code == 302
    states = list(task.steps.values_list("state", flat=True))
    assert states == ["open", "done", "open", "open", "dropped"]
    page = text(client.get(reverse("council:task_detail", args=[task.pk])))
    for said in ("Vorgelegt", "Doch nicht", "Mehr Zeit", "Überholt"):
        assert said in page


def test_the_twice_yearly_list_counts_what_it_shows(signed_in, cast):
    client, url = signed_in("council"), reverse("council:task_half_year")
    page = text(client.get(url, {"stichtag": DAY, "halbjahr": "2016-1"}))
    assert "Beschlusskontrolle, 1. Halbjahr 2016" in page
    assert "Stand 30.06.2016" in page
    assert "1 offen (davon 0 überfällig), 1 erledigt, 0 entfallen" in page
    assert "Erledigt wie beschlossen." in page
    page = text(client.get(url, {"stichtag": DAY}))
    assert "1 offen (davon 1 überfällig), 0 erledigt, 0 entfallen" in page
    assert "Stand 01.12.2016" in page
    lines = text(client.get(url, {"stichtag": DAY, "halbjahr": "2016-1", "format": "csv"}))
    assert len(lines.splitlines()) == 3
    for odd in ("2016-3", "x", "9999-1", "0000-2"):
        assert client.get(url, {"halbjahr": odd}).status_code == 200


def test_the_pdf_says_the_same(signed_in, cast, pango):
    url = reverse("council:task_pdf")
    response = signed_in("council").get(url, {"stichtag": DAY, "halbjahr": "2016-1"})
    assert response.headers["Content-Type"] == "application/pdf"
    assert "beschlusskontrolle-2016-1" in response.headers["Content-Disposition"]
    document = PdfReader(BytesIO(response.content))
    said = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert "Beschlusskontrolle, 1. Halbjahr 2016" in said
    assert "1 offen (davon 0 überfällig), 1 erledigt, 0 entfallen" in said
    assert cast.task.text in said
    width, height = document.pages[0].mediabox.width, document.pages[0].mediabox.height
    assert width > height
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
