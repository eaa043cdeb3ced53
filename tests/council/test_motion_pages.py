"""The pages of motions and resolutions: what is listed, who sees what, forms that come back."""

from datetime import date

import pytest
from django.urls import reverse

from coordination.council import motions, resolutions
from coordination.council.models import Motion, Resolution
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "2016-12-01"
LIST = "council:motion_list"


def numbers(client, **query):
    rows = client.get(reverse(LIST), {"stichtag": DAY, **query}).context["rows"]
    return [row.motion.number for row in rows]


@pytest.fixture
def council(signed_in, cast):
    """Without the cast's motions, so that a list holds what the test is about."""
    return signed_in("council")


def test_the_list_shows_states_resolutions_and_tasks_of_the_day(council, cast):
    motion = make.motion(cast.group, number="2016/900", title="Sprachmittlung")
    resolution = make.resolution(motion, committee=cast.committee)
    make.task(resolution=resolution)
    page = text(council.get(reverse(LIST), {"stichtag": DAY, "suche": "2016/900"}))
    assert "1 Antrag<" in page
    for said in ("Sprachmittlung", "angenommen", "01.03.2016", "Rat", "1 überfällig"):
        assert said in page
    then = text(council.get(reverse(LIST), {"stichtag": "2016-06-30", "suche": "2016/900"}))
    assert "überfällig" not in then.split("<tbody")[1]
    before = text(council.get(reverse(LIST), {"stichtag": "2016-02-29", "suche": "2016/900"}))
    assert "eingereicht" in before.split("<tbody")[1]
    assert "angenommen" not in before.split("<tbody")[1]
    assert numbers(council, stichtag="2016-01-31") == []
    assert "Antrag eintragen" not in page


def test_filters(council, cast):
    group, committee = make.group(), make.committee()
    wanted = make.motion(group, number="X/1", title="ÄRZTE", submitted_on=date(2016, 5, 4))
    make.motion_step(wanted, "referred", date(2016, 5, 9), committee=committee)
    settled = make.motion(cast.group, number="X/2")
    make.motion_step(settled, "withdrawn", date(2016, 6, 1))
    with_task = make.motion(cast.group, number="X/3")
    make.task(resolution=make.resolution(with_task), due_on=date(2017, 5, 1))

    def only(**query):
        return [number for number in numbers(council, **query) if number.startswith("X/")]

    assert only(suche="ärzte") == ["X/1"]
    assert only(fraktion=group.pk) == ["X/1"]
    assert only(ausschuss=committee.pk) == ["X/1"]
    assert only(ausschuss=committee.pk, stichtag="2016-05-08") == []
    assert only(stand="referred") == ["X/1"]
    assert only(stand="offen") == ["X/1"]
    assert sorted(only(stand="erledigt")) == ["X/2", "X/3"]
    assert only(von="01.05.2016", bis="31.05.2016") == ["X/1"]
    assert only(aufgaben="offen") == ["X/3"]
    assert only(aufgaben="ueberfaellig") == []
    assert only(aufgaben="ueberfaellig", stichtag="2017-05-02") == ["X/3"]
    assert only(sortierung="nummer") == ["X/1", "X/2", "X/3"]
    assert "Kein Antrag passt zu diesem Filter." in text(
        council.get(reverse(LIST), {"suche": "gibt es nicht"})
    )
    assert council.get(reverse(LIST), {"stand": "x", "von": "x"}).status_code == 200


def test_an_export_says_what_the_page_says(council, cast):
    make.task(resolution=make.resolution(make.motion(cast.group, number="X/1")))
    query = {"stichtag": DAY, "suche": "X/1", "format": "csv"}
    lines = text(council.get(reverse(LIST), query)).splitlines()
    assert lines[0].startswith("\ufeffAktenzeichen;Titel;Eingereicht von")
    assert len(lines) == 2
    assert lines[1].startswith("X/1;")
    assert ";angenommen;01.03.2016;" in lines[1]
    assert ";1;1;" in lines[1]
    query["format"] = "xlsx"
    assert council.get(reverse(LIST), query).content[:2] == b"PK"


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize(
    "page", [LIST, "council:resolution_list", "council:task_list", "council:task_half_year"]
)
def test_a_list_costs_the_same_however_long(
    signed_in, cast, page, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        motion = make.motion(cast.group, make.group())
        resolution = make.resolution(motion, paper=make.paper(motion=motion))
        make.task(resolution=resolution, responsible=cast.people["coordination"])
    client = signed_in("audit")
    client.get(reverse(page))
    with django_assert_max_num_queries(12):
        client.get(reverse(page), {"stichtag": DAY})


@pytest.mark.parametrize(
    ("page", "row"), [("motion_detail", "motion"), ("resolution_detail", "resolution")]
)
def test_a_detail_page_costs_the_same_however_much_there_is(
    signed_in, cast, page, row, django_assert_max_num_queries
):
    subject = getattr(cast, row)
    subject.agreements.set([make.agreement(1_000) for _ in range(5)])
    subject.positions.set([make.position() for _ in range(5)])
    subject.lines.set([make.line() for _ in range(5)])
    if row == "motion":
        for n in range(6):
            make.resolution(subject, result="deferred", day=date(2016, 3, 1 + n))
    client, url = signed_in("coordination"), reverse(f"council:{page}", args=[subject.pk])
    client.get(url)
    with django_assert_max_num_queries(20):
        client.get(url)


class TestLinks:
    @pytest.fixture
    def motion(self, cast):
        cast.motion.agreements.add(cast.agreement)
        cast.motion.lines.add(cast.line)
        cast.motion.positions.add(cast.position)
        cast.motion.districts.add(cast.district)
        return cast.motion

    def addresses(self, cast):
        return [
            reverse("budget:agreement_detail", args=[cast.agreement.pk]),
            reverse("budget:line_detail", args=[cast.line.pk]),
            reverse("agencies:position_detail", args=[cast.position.pk]),
        ]

    def test_the_council_reads_the_words_and_gets_no_link_it_may_not_open(
        self, council, cast, motion
    ):
        page = text(council.get(reverse("council:motion_detail", args=[motion.pk])))
        for words in (cast.agreement.reference, cast.line.title, "Quartiersarbeit Nord"):
            assert words in page
        for address in self.addresses(cast):
            assert address not in page
        assert reverse("agencies:district_detail", args=[cast.district.pk]) in page

    def test_the_coordination_opens_them_all(self, signed_in, cast, motion):
        client = signed_in("coordination")
        page = text(client.get(reverse("council:motion_detail", args=[motion.pk])))
        for address in self.addresses(cast):
            assert f'href="{address}"' in page
            assert client.get(address).status_code == 200

    def test_where_it_leads_is_read_before_it_is_followed(self, council, cast, motion):
        Motion.objects.filter(pk=motion.pk).update(
            url="https://ratsinfo.example.org/1", oparl_id="http://oparl.example.org/2"
        )
        page = text(council.get(reverse("council:motion_detail", args=[motion.pk])))
        for host in ("ratsinfo.example.org", "oparl.example.org"):
            assert f"bei {host}" in page
        assert page.count('rel="noopener noreferrer"') == 2


def test_the_way_shows_what_was_corrected_and_to_city_hall_by_whom(signed_in, cast):
    clerk = cast.people["coordination"]
    resolution = resolutions.resolve(
        cast.motion,
        title="Beschluss",
        committee=cast.committee,
        day=date(2016, 3, 1),
        result="rejected",
        by=clerk,
    )
    resolutions.change(resolution, result="adopted", reason="Verlesen", by=clerk)
    address = reverse("council:motion_detail", args=[cast.motion.pk])
    page = text(signed_in("council").get(address, {"stichtag": DAY}))
    assert "<s>abgelehnt</s>" in page
    assert "berichtigt" in page
    assert "Verlesen" in page
    assert clerk.name not in page
    assert f"von {clerk.name}" in text(signed_in("audit").get(address, {"stichtag": DAY}))


def test_before_it_came_in_a_motion_has_no_state(council, cast):
    page = text(
        council.get(
            reverse("council:motion_detail", args=[cast.motion.pk]), {"stichtag": "2016-01-01"}
        )
    )
    assert "Er kam am 01.02.2016" in page
    assert "Weg durch den Rat" not in page


def test_a_motion_is_entered_with_all_it_is_about(signed_in, cast):
    client = signed_in("coordination")
    fields = {
        "number": "2016/777",
        "title": "Neuer Antrag",
        "submitted_on": "05.03.2016",
        "groups": [cast.group.pk],
        "districts": [cast.district.pk],
        "agreements": [cast.agreement.pk],
        "url": "https://ratsinfo.example.org/7",
    }
    response = client.post(reverse("council:motion_create"), fields)
    motion = Motion.objects.get(number="2016/777")
    assert response.headers["Location"] == reverse("council:motion_detail", args=[motion.pk])
    assert list(motion.groups.all()) == [cast.group]
    assert list(motion.districts.all()) == [cast.district]
    again = client.post(reverse("council:motion_create"), fields)
    assert again.status_code == 200
    assert Motion.objects.filter(number="2016/777").count() == 1


def test_a_wrong_form_keeps_what_was_typed(signed_in, cast):
    typed = {
        "number": "2016/778",
        "title": "Behalten",
        "submitted_on": "31.02.2016",
        "url": "javascript:alert(1)",
        "districts": ["9" * 30],
    }
    page = text(signed_in("coordination").post(reverse("council:motion_create"), typed))
    assert "„31.02.2016“ ist kein Datum" in page
    assert "beginnend mit https:// oder http://" in page
    assert 'value="Behalten"' in page
    assert not Motion.objects.filter(number="2016/778").exists()


def test_two_edit_one_motion(signed_in, cast):
    motion, client = cast.motion, signed_in("coordination")
    url = reverse("council:motion_edit", args=[motion.pk])
    fields = {"number": motion.number, "title": "Zweiter", "submitted_on": "01.02.2016"}
    fields["groups"] = [cast.group.pk]
    seen = client.get(url).context["form"]["seen"].value()
    motions.change(motion, title="Erster", by=None)
    page = client.post(url, {**fields, "seen": seen})
    assert "Erster" in text(page)
    motion.refresh_from_db()
    assert motion.title == "Erster"
    client.post(url, {**fields, "seen": page.context["form"]["seen"].value()})
    motion.refresh_from_db()
    assert motion.title == "Zweiter"


def test_acts_move_the_motion_and_a_stale_form_is_told(signed_in, cast):
    motion, client = cast.motion, signed_in("coordination")
    url = reverse("council:motion_refer", args=[motion.pk])
    fields = {"committee": cast.committee.pk, "day": "02.03.2016"}
    step = client.get(url).context["form"]["step"].value()
    assert client.post(url, {**fields, "step": step}).status_code == 302
    # A second click.
    assert client.post(url, {**fields, "step": step}).status_code == 302
    assert motion.steps.count() == 2
    # What was sent without the last step in view comes back, and counts when sent again.
    late = client.post(url, {**fields, "day": "03.03.2016", "step": step})
    assert "Inzwischen hat" in text(late)
    assert 'value="2016-03-03"' in text(late)
    again = {**fields, "day": "03.03.2016", "step": late.context["form"]["step"].value()}
    assert client.post(url, again).status_code == 302
    assert motion.steps.count() == 3


def main_of(response):
    return text(response).partition("<main")[2].partition("</main>")[0]


ON_PENDING = ["refer", "schedule", "withdraw", "settle", "resolve"]


@pytest.mark.parametrize("page", ON_PENDING)
def test_what_a_settled_motion_does_not_allow_is_said_at_once(signed_in, cast, page):
    client, motion = signed_in("coordination"), cast.motion
    url = reverse(f"council:motion_{page}", args=[motion.pk])
    assert "<button" in main_of(client.get(url))
    motions.withdraw(motion, day=date(2016, 3, 2), note="Erledigt", by=None)
    told = main_of(client.get(url))
    assert "Der Antrag ist abgeschlossen: zurückgezogen am 02.03.2016." in told
    assert "<form" not in told
    assert reverse("council:motion_detail", args=[motion.pk]) in told


def test_what_cannot_be_taken_back_is_said_at_once(signed_in, cast):
    client, motion = signed_in("coordination"), cast.motion
    url = reverse("council:motion_take_back", args=[motion.pk])
    told = main_of(client.get(url))
    assert "nur eingereicht" in told
    assert "<form" not in told
    motions.withdraw(motion, day=date(2016, 3, 2), note="Erledigt", by=None)
    assert "<form" in main_of(client.get(url))


def test_the_day_of_a_paper_is_asked_for_and_named_when_the_meeting_lies_before(signed_in, cast):
    client = signed_in("coordination")
    url = reverse("council:motion_schedule", args=[cast.motion.pk])
    form = client.get(url).context["form"]
    assert form["laid_on"].value() is None
    fields = {
        "number": "V/900",
        "title": "Vorlage",
        "laid_on": "20.03.2016",
        "committee": cast.committee.pk,
        "day": "19.03.2016",
        "step": form["step"].value(),
    }
    errors = client.post(url, fields).context["form"].errors
    assert errors == {
        "day": ["Die Vorlage wurde am 20.03.2016 vorgelegt; die Sitzung kann nicht davor liegen."]
    }
    assert client.post(url, {**fields, "day": "20.03.2016"}).status_code == 302


def test_a_resolution_takes_over_what_its_motion_is_about(signed_in, cast):
    motion, client = cast.motion, signed_in("coordination")
    motion.districts.add(cast.district)
    url = reverse("council:motion_resolve", args=[motion.pk])
    form = client.get(url).context["form"]
    assert form["districts"].value() == [cast.district.pk]
    assert form["paper"].value() == cast.paper.pk
    fields = {
        "title": motion.title,
        "paper": cast.paper.pk,
        "committee": cast.committee.pk,
        "day": "01.03.2016",
        "result": "adopted",
        "districts": [cast.district.pk],
        "step": form["step"].value(),
    }
    response = client.post(url, fields)
    resolution = Resolution.objects.get(motion=motion)
    assert response.headers["Location"] == reverse(
        "council:resolution_detail", args=[resolution.pk]
    )
    assert (resolution.paper, list(resolution.districts.all())) == (cast.paper, [cast.district])


def test_foreign_papers_are_not_offered(signed_in, cast):
    other = make.paper(committee=cast.committee)
    url = reverse("council:motion_resolve", args=[cast.motion.pk])
    client = signed_in("coordination")
    page = client.post(
        url,
        {
            "title": "T",
            "paper": other.pk,
            "committee": cast.committee.pk,
            "day": "01.03.2016",
            "result": "adopted",
            "step": client.get(url).context["form"]["step"].value(),
        },
    )
    assert "paper" in page.context["form"].errors
    assert not Resolution.objects.filter(motion=cast.motion).exists()


@pytest.mark.parametrize("page", ["group", "committee"])
def test_groups_and_committees_are_entered_and_edited(signed_in, cast, page):
    client = signed_in("coordination")
    fields = {"name": "Neu", "short_name": "N", "starts_on": "01.06.2014"}
    listing = reverse(f"council:{page}_list")
    assert client.post(reverse(f"council:{page}_create"), fields).headers["Location"] == listing
    again = text(client.post(reverse(f"council:{page}_create"), fields))
    assert "Das ist schon eingetragen." in again
    assert text(client.get(listing)).count(">Neu</a>") == 1
    assert ">Neu</a>" not in text(signed_in("council").get(listing))


def test_empty_lists_say_what_belongs_there(signed_in, cast):
    client = signed_in("coordination")
    for page, said in (
        (LIST, "Bis zu diesem Tag gibt es keinen Antrag."),
        ("council:resolution_list", "Bis zu diesem Tag gibt es keinen Beschluss."),
        ("council:task_list", "An diesem Tag ist keine Aufgabe offen."),
    ):
        assert said in text(client.get(reverse(page), {"stichtag": "2014-01-01"}))
