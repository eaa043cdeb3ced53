"""Composing a report, looking at it as the council would, releasing or discarding it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination import editing
from coordination.audit.models import Entry
from coordination.council.summary import drafts, reports
from coordination.council.summary.models import CouncilReport, Release
from tests import make

TODAY = date(2016, 12, 1)
QUARTER = {"starts_on": date(2016, 7, 1), "ends_on": date(2016, 9, 30)}
LAST = date(2016, 12, 31)
TYPED = {
    "title": "Drittes Quartal",
    "as_of": "2016-12-01",
    "starts_on": "01.07.2016",
    "ends_on": "30.09.2016",
    "since": "",
    "text": "Es läuft.\r\n\r\nZweiter Absatz.",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_day(settings):
    settings.PORTAL_DAY = TODAY


@pytest.fixture
def desk(client):
    client.user = make.user("coordination")
    client.force_login(client.user)
    return client


@pytest.fixture
def draft(desk):
    district = make.district(name="Eicken", parent=make.borough(name="Nord"))
    entry = make.activity(9, 8, day=date(2016, 8, 2), district=district)
    make.year(2016)
    make.period("accepted", agency=entry.agency, due_on=date(2016, 10, 14), **QUARTER)
    return reports.create(title="Drittes Quartal", as_of=TODAY, **QUARTER, by=desk.user)


def address(name, *arguments):
    return reverse(f"summary:{name}", args=arguments)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_new_report_starts_with_the_last_finished_quarter(desk):
    form = desk.get(address("report_create")).context["form"]
    assert form["title"].value() == "Ratsbericht 3. Quartal 2016"
    assert [form[name].value() for name in ("as_of", "starts_on", "ends_on", "since")] == [
        TODAY,
        QUARTER["starts_on"],
        QUARTER["ends_on"],
        None,
    ]


def test_it_proposes_the_next_quarter_that_has_no_report(desk):
    released = {"starts_on": date(2016, 1, 1), "ends_on": date(2016, 3, 31)}
    make.release(report=make.council_report(as_of=date(2016, 4, 18), **released))
    response = desk.get(address("report_create"))
    form = response.context["form"]
    assert form["title"].value() == "Ratsbericht 2. Quartal 2016"
    assert form["starts_on"].value() == date(2016, 4, 1)
    assert form["ends_on"].value() == date(2016, 6, 30)
    assert "Über das letzte abgeschlossene Quartal" not in text_of(response)


def test_it_fills_no_gap_and_goes_on_after_what_was_released(desk):
    for first, last in ((date(2016, 4, 1), date(2016, 6, 30)), (date(2015, 1, 1), TODAY)):
        make.release(report=make.council_report(starts_on=first, ends_on=last))
    form = desk.get(address("report_create")).context["form"]
    assert form["starts_on"].value() == QUARTER["starts_on"]


def test_a_quarter_that_has_a_report_is_only_proposed_if_none_is_left(desk):
    make.release(report=make.council_report(**QUARTER))
    response = desk.get(address("report_create"))
    assert response.context["form"]["starts_on"].value() == QUARTER["starts_on"]
    said = "01.07.2016–30.09.2016, gibt es schon den Bericht Nr. 1."
    assert said in text_of(response)
    assert said not in text_of(desk.post(address("report_create"), {**TYPED, "title": ""}))


def test_it_counts_what_changed_since_the_last_report(desk):
    make.release(as_of=date(2016, 9, 22))
    form = desk.get(address("report_create")).context["form"]
    assert form["since"].value() == date(2016, 9, 22)


def test_composing_leads_to_the_preview(desk):
    response = desk.post(address("report_create"), TYPED)
    report = CouncilReport.objects.get()
    assert response.headers["Location"] == address("report_preview", report.pk)
    assert report.text == "Es läuft.\n\nZweiter Absatz."
    assert report.created_by == desk.user
    assert Entry.objects.about(report).get().verb == "created"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"ends_on": "2016-06-30"},
            "Der letzte Tag, der 30.06.2016, liegt vor dem ersten, dem 01.07.2016.",
        ),
        ({"as_of": "2016-09-29"}, "Stichtag 29.09.2016 liegt vor dem Ende des Zeitraums"),
        ({"ends_on": "2018-06-30"}, "Ein Bericht umfasst höchstens ein Jahr."),
        ({"since": "2016-12-24"}, "Die letzte Sitzung liegt nach dem Stichtag"),
        ({"as_of": "übermorgen"}, "„übermorgen“ ist kein Datum"),
        ({"title": ""}, "Dieses Feld ist zwingend erforderlich."),
        ({"text": "x" * 1_501}, "höchstens 1500 Zeichen"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(desk, typed, said):
    response = desk.post(address("report_create"), {**TYPED, **typed})
    assert said in text_of(response)
    assert response.context["form"]["text"].value()
    assert not CouncilReport.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends_on": "2016-06-30"}, "ends_on"),
        ({"ends_on": "2018-06-30"}, "ends_on"),
        ({"as_of": "2016-09-29"}, "as_of"),
        ({"since": "2016-12-24"}, "since"),
    ],
)
def test_days_that_do_not_go_together_are_told_once_at_their_field(desk, draft, typed, field):
    new = desk.post(address("report_create"), {**TYPED, **typed}).context["form"]
    url = address("report_edit", draft.pk)
    seen = desk.get(url).context["form"]["seen"].value()
    changed = desk.post(url, {**TYPED, **typed, "seen": seen}).context["form"]
    for form in (new, changed):
        assert list(form.errors) == [field]
        assert len(form.errors[field]) == 1


@pytest.mark.parametrize("day", [date(2016, 9, 30), date(2016, 10, 1)])
def test_a_report_may_speak_of_the_last_day_of_its_period(desk, day):
    assert desk.post(address("report_create"), {**TYPED, "as_of": day}).status_code == 302


def test_a_text_that_looks_like_a_case_is_saved_only_when_ticked(desk):
    typed = {**TYPED, "text": "Frau Haddad, geb. 03.04.1998, hat eine Wohnung."}
    response = desk.post(address("report_create"), typed)
    assert "Der Text scheint zu enthalten" in text_of(response)
    assert not CouncilReport.objects.exists()
    asked = response.context["form"].data["asked"]
    desk.post(address("report_create"), {**typed, "asked": asked, "is_insisted": "on"})
    report = CouncilReport.objects.get()
    assert "Trotz" in Entry.objects.about(report).get().reason


def test_a_tick_for_one_case_does_not_allow_another(desk):
    typed = {**TYPED, "text": "Frau Haddad, geb. 03.04.1998."}
    asked = desk.post(address("report_create"), typed).context["form"].data["asked"]
    typed |= {"text": "Herr Anders, geb. 03.04.1997.", "asked": asked, "is_insisted": "on"}
    desk.post(address("report_create"), typed)
    assert not CouncilReport.objects.exists()


def test_a_case_that_was_insisted_on_is_not_asked_for_again(desk):
    text = "Frau Haddad, geb. 03.04.1998."
    report = reports.create(
        title="X", as_of=TODAY, **QUARTER, text=text, is_insisted=True, by=desk.user
    )
    url = address("report_edit", report.pk)
    form = desk.get(url).context["form"]
    typed = {**TYPED, "text": text, "title": "Neu", "seen": form["seen"].value()}
    assert desk.post(url, typed).status_code == 302
    report.refresh_from_db()
    assert report.title == "Neu"


def test_changing_a_draft_stands_in_the_log_without_its_text(desk, draft):
    url = address("report_edit", draft.pk)
    seen = desk.get(url).context["form"]["seen"].value()
    assert desk.post(url, {**TYPED, "text": "Ganz anders.", "seen": seen}).status_code == 302
    draft.refresh_from_db()
    assert draft.text == "Ganz anders."
    entry = Entry.objects.about(draft).filter(verb="changed").get()
    assert "anders" not in str(entry.after)
    assert set(entry.after) == {"text"}


def test_two_who_edit_one_draft_lose_nothing(desk, draft):
    url = address("report_edit", draft.pk)
    seen = editing.fingerprint(draft, reports.FIELDS)
    reports.change(draft, title="Von nebenan", by=make.user("coordination"))
    response = desk.post(url, {**TYPED, "title": "Von mir", "seen": seen})
    assert "Von nebenan" in text_of(response)
    assert response.context["form"]["title"].value() == "Von mir"
    draft.refresh_from_db()
    assert draft.title == "Von nebenan"


def test_the_list_shows_drafts_and_what_became_of_them(desk, draft):
    release = make.release(title="Frühling")
    text = text_of(desk.get(address("report_list")))
    assert "Drittes Quartal" in text
    assert address("report_release", draft.pk) in text
    assert address("release_detail", release.pk) in text
    assert "1 freigegebener Bericht" in text


def test_the_list_is_exported_with_its_states(desk, draft):
    make.release(title="Frühling")
    lines = desk.get(address("report_list") + "?format=csv").content.decode()
    assert "Drittes Quartal;01.12.2016;01.07.2016;30.09.2016;Entwurf;" in lines
    assert "freigegeben;1;" in lines


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_a_fixed_number_of_questions(desk, draft, count):
    content = make.release().content
    for _ in range(count):
        make.release(content=content)
        make.council_report(created_by=make.user("coordination"))
    with CaptureQueriesContext(connection) as queries:
        desk.get(address("report_list"))
    assert len(queries) <= 12


def test_audit_reads_drafts_and_is_offered_nothing_else(client, draft):
    client.force_login(make.user("audit"))
    for name, *arguments in (["report_list"], ["report_preview", draft.pk]):
        text = text_of(client.get(address(name, *arguments)))
        for act in ("report_edit", "report_release", "report_discard"):
            assert address(act, draft.pk) not in text
        assert address("report_create") not in text


def test_the_preview_says_that_it_is_one(desk, draft):
    text = text_of(desk.get(address("report_preview", draft.pk)))
    assert "Entwurf, nicht freigegeben" in text
    assert address("report_figure", draft.pk, "teilnehmende.stadt") in text
    assert address("report_release", draft.pk) in text


def test_the_preview_of_an_open_period_says_why_it_cannot_be_released(desk, draft):
    reports.change(draft, as_of=LAST, ends_on=LAST, by=desk.user)
    text = text_of(desk.get(address("report_preview", draft.pk)))
    assert "31.12.2016 und ist noch nicht vorbei" in text
    assert address("report_release", draft.pk) not in text


def test_the_preview_by_borough(desk, draft):
    content = drafts.compose(draft, on=TODAY).content
    borough = next(name for name in content["places"] if name.startswith("bezirk-"))
    url = address("report_preview", draft.pk)
    assert desk.get(f"{url}?bezirk={borough}").status_code == 200
    for typed in ("bezirk-999", "stadt", "'", "x" * 300):
        assert desk.get(url, {"bezirk": typed}).status_code == 404


def test_a_figure_of_a_draft_says_where_it_comes_from(desk, draft):
    text = text_of(desk.get(address("report_figure", draft.pk, "teilnehmende.stadt")))
    assert "17" in text
    assert "Entwurf, nicht freigegeben" in text
    for key in ("teilnehmende.mond", "x", "teilnehmende.stadt@99", "%00"):
        assert desk.get(address("report_figure", draft.pk, key)).status_code in (400, 404)


def test_the_preview_on_paper_says_that_it_is_one(desk, draft, pango):
    response = desk.get(address("report_preview_pdf", draft.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response.content[:5] == b"%PDF-"


def test_releasing_from_the_page(desk, draft):
    url = address("report_release", draft.pk)
    form = desk.get(url).context["form"]
    assert "confirmed" not in form.fields
    response = desk.post(url, {"seen": form["seen"].value()})
    release = Release.objects.get()
    assert response.headers["Location"] == address("release_detail", release.pk)
    assert release.released_by == desk.user


def test_releasing_what_is_released_leads_there(desk, draft):
    url = address("report_release", draft.pk)
    seen = desk.get(url).context["form"]["seen"].value()
    desk.post(url, {"seen": seen})
    release = Release.objects.get()
    for name in ("report_release", "report_edit", "report_discard", "report_preview"):
        response = desk.get(address(name, draft.pk))
        assert response.headers["Location"] == address("release_detail", release.pk)
    response = desk.post(url, {"seen": seen}, follow=True)
    assert "als Nr. 1 freigegeben" in text_of(response)
    assert Release.objects.count() == 1


def test_notes_have_to_be_ticked_one_by_one(desk, draft):
    make.period("submitted", due_on=date(2016, 10, 14), **QUARTER)
    url = address("report_release", draft.pk)
    form = desk.get(url).context["form"]
    marks = [value for value, _text in form.fields["confirmed"].choices]
    assert len(marks) == 1
    response = desk.post(url, {"seen": form["seen"].value()})
    assert "Bestätigen Sie alle Hinweise" in text_of(response)
    assert not Release.objects.exists()
    desk.post(url, {"seen": form["seen"].value(), "confirmed": marks})
    assert Release.objects.exists()


def test_a_second_report_about_a_period_is_a_note_to_tick(desk, draft):
    make.release(report=make.council_report(**QUARTER), number=7)
    said = "Über denselben Zeitraum gibt es schon den Bericht Nr. 7"
    assert said in text_of(desk.get(address("report_preview", draft.pk)))
    url = address("report_release", draft.pk)
    form = desk.get(url).context["form"]
    ((mark, text),) = form.fields["confirmed"].choices
    assert said in text
    desk.post(url, {"seen": form["seen"].value()})
    assert Release.objects.count() == 1
    desk.post(url, {"seen": form["seen"].value(), "confirmed": [mark]})
    assert said in str(Release.objects.latest("pk").content["lists"]["notes"])


def test_figures_that_changed_since_the_preview_are_shown_anew(desk, draft):
    url = address("report_release", draft.pk)
    form = desk.get(url).context["form"]
    make.activity(5, day=date(2016, 8, 3))
    response = desk.post(url, {"seen": form["seen"].value()})
    assert "Nichts wurde freigegeben" in text_of(response)
    assert not Release.objects.exists()
    renewed = response.context["form"]
    assert renewed["seen"].value() == drafts.compose(draft, on=TODAY).seen
    desk.post(url, {"seen": renewed["seen"].value()})
    assert Release.objects.exists()


def test_a_post_without_the_mark_of_a_preview_releases_nothing(desk, draft):
    response = desk.post(address("report_release", draft.pk), {})
    assert response.status_code == 200
    assert not Release.objects.exists()


def test_an_open_period_is_not_released_from_the_page(desk, draft):
    reports.change(draft, as_of=LAST, ends_on=LAST, by=desk.user)
    seen = drafts.compose(CouncilReport.objects.get(), on=TODAY).seen
    response = desk.post(address("report_release", draft.pk), {"seen": seen})
    assert "noch nicht vorbei" in text_of(response)
    assert not Release.objects.exists()


def test_discarding_asks_first_and_leaves_a_line_in_the_log(desk, draft):
    url = address("report_discard", draft.pk)
    assert "endgültig" in text_of(desk.get(url))
    assert CouncilReport.objects.exists()
    assert desk.post(url).headers["Location"] == address("report_list")
    assert not CouncilReport.objects.exists()
    entry = Entry.objects.get(verb="deleted")
    assert entry.target_label == "Drittes Quartal"
