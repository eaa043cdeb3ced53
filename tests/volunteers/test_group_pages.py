from datetime import date

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.people.desks import at_once
from tests.volunteers.desks import typed, typed_again
from volunteers import groups
from volunteers.models import Contact, GroupMember, VolunteerGroup

__all__ = ["signed_in"]
DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_DAY = DAY


def address(name, row=None):
    return reverse(f"volunteers:{name}", args=[row.pk] if row else [])


def said(answer) -> str:
    form = answer.context["form"]
    return " ".join(error for errors in form.errors.values() for error in errors)


def test_a_caseworker_enters_a_group_with_its_own_contact(signed_in, cast):
    fields = {
        "name": "Fahrradwerkstatt",
        "kind": "association",
        "spokesperson": "Frida Kette",
        "email": "rad@example.org",
    }
    answer = signed_in("worker").post(address("group_create"), typed(cast, **fields), follow=True)
    page = text(answer)
    for said_ in ("Die Gruppe ist erfasst.", "Frida Kette", "rad@example.org", cast.worker.name):
        assert said_ in page
    group = VolunteerGroup.objects.get(name="Fahrradwerkstatt")
    assert Contact.objects.get(group=group).worker == cast.worker
    told = str([(row.target_label, row.before, row.after) for row in Entry.objects.all()])
    assert "Frida" not in told
    assert "Fahrradwerkstatt" not in told


@pytest.mark.parametrize(
    "page", ["group_list", "group_detail", "group_create", "group_edit", "group_end"]
)
def test_the_way_back_begins_with_the_volunteers(signed_in, cast, page):
    row = None if page in ("group_list", "group_create") else cast.volunteer_group
    html = signed_in("coordination").get(address(page, row)).content.decode()
    way = html.partition('class="breadcrumbs"')[2].partition("</nav>")[0]
    assert way.index(f'href="{address("volunteer_list")}"') < way.index("Gruppen")


def test_the_list_filters_by_kind_and_counts_who_belongs_to_it_today(signed_in, cast):
    make.volunteer_group(name="Schulkreis", kind="school", agency=cast.agency)
    make.group_member(group=cast.volunteer_group, ends_on=date(2016, 11, 30))
    make.group_member(group=cast.volunteer_group)
    client = signed_in("worker")
    page = client.get(address("group_list"))
    assert [row.name for row in page.context["page"].rows] == ["Runder Tisch Eicken", "Schulkreis"]
    assert [row.member_count for row in page.context["page"].rows] == [2, 0]
    found = client.get(address("group_list"), {"art": "school", "suche": "schul"})
    assert [row.name for row in found.context["page"].rows] == ["Schulkreis"]
    assert "2 Gruppen" in text(page)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.group_member(group=make.volunteer_group(agency=cast.agency))
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        client.get(address("group_list"))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_many_members(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.group_member(group=cast.volunteer_group)
    client = signed_in("worker")
    with django_assert_max_num_queries(22):
        client.get(address("group_detail", cast.volunteer_group))


def test_of_another_agencys_member_the_page_tells_the_name_only(signed_in, cast):
    foreign = make.volunteer(
        name="Frauke Fremd", phone="0171 999888", agency=cast.other_agency, languages="Dari"
    )
    make.group_member(group=cast.volunteer_group, volunteer=foreign)
    page = text(signed_in("worker").get(address("group_detail", cast.volunteer_group)))
    assert "Frauke Fremd" in page
    for secret in (foreign.email, "0171 999888", "Dari", address("volunteer_detail", foreign)):
        assert secret not in page
    # And the other way: the volunteer's agency reads the group's name, and cannot open it.
    page = text(signed_in("other_lead").get(address("volunteer_detail", foreign)))
    assert "Runder Tisch Eicken" in page
    assert address("group_detail", cast.volunteer_group) not in page
    assert cast.volunteer_group.email not in page


def test_a_group_is_edited_and_the_log_tells_nothing_personal(signed_in, cast):
    group = cast.volunteer_group
    fields = {"spokesperson": "Frida Kette", "kind": "school", "reason": "Neu gewählt"}
    signed_in("worker").post(address("group_edit", group), typed_again(group, **fields))
    entry = Entry.objects.about(group).get()
    assert entry.after == {"kind": "school", "spokesperson": "geändert"}
    answer = signed_in("worker").post(
        address("group_edit", group), typed_again(group, phone="0171 1234", reason="Frida geht")
    )
    assert set(answer.context["form"].errors) == {"reason"}


def test_with_a_group_end_memberships_and_its_contact_person(signed_in, cast):
    group = cast.volunteer_group
    make.contact(group=group, worker=cast.worker)
    client, url = signed_in("worker"), address("group_end", group)
    seen = client.get(url).context["form"]["seen"].value()
    client.post(url, {"ends_on": "2016-11-30", "reason": "Aufgelöst", "seen": seen})
    last = date(2016, 11, 30)
    assert GroupMember.objects.get(pk=cast.group_member.pk).ends_on == last
    assert Contact.objects.get(group=group).ends_on == last
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.ends_on is None


def test_a_file_of_groups_is_logged(signed_in, cast):
    answer = signed_in("lead").post(address("group_export") + "?format=csv")
    assert "Runder Tisch Eicken" in answer.content.decode("utf-8-sig")
    assert Entry.objects.get(verb="exported").after["count"] == 1
    assert signed_in("worker").post(address("group_export") + "?format=csv").status_code == 403


# --- members --------------------------------------------------------------------------------------


def joined(client, cast, volunteer, **fields):
    values = {"volunteer": volunteer.pk, "starts_on": "2016-11-01", "ends_on": "", **fields}
    return client.post(address("member_create", cast.volunteer_group), values)


def test_a_member_is_found_by_name_and_chosen(signed_in, cast):
    other = make.volunteer(name="Jürgen Müller", agency=cast.agency)
    make.volunteer(name="Jürgen Fremd", agency=cast.other_agency)
    client, url = signed_in("worker"), address("member_create", cast.volunteer_group)
    page = text(client.get(url, {"suche": "jur"}))
    assert "Jürgen Müller" in page
    assert "Jürgen Fremd" not in page
    assert "In Ihrem Bereich ist niemand" in text(client.get(url, {"suche": "xaver"}))
    assert joined(client, cast, other).status_code == 302
    member = GroupMember.objects.get(volunteer=other)
    assert member.starts_on == date(2016, 11, 1)
    logged = Entry.objects.filter(verb="changed").order_by("pk")
    assert [row.after.get("member") or row.after.get("group") for row in logged] == [
        str(other),
        str(cast.volunteer_group),
    ]


def test_sent_twice_it_is_one_membership_and_overlapping_ones_are_refused(signed_in, cast):
    other, client = make.volunteer(agency=cast.agency), signed_in("worker")
    assert joined(client, cast, other).status_code == 302
    assert joined(client, cast, other).status_code == 302
    assert GroupMember.objects.filter(volunteer=other).count() == 1
    answer = joined(client, cast, other, starts_on="2016-11-15")
    assert "Gehört bereits seit 01.11.2016 zur Gruppe." in said(answer)


def test_a_membership_lies_within_the_time_of_volunteer_and_group(signed_in, cast):
    client = signed_in("worker")
    ended = make.volunteer(agency=cast.agency, ends_on=date(2016, 12, 31))
    assert "31.12.2016" in said(joined(client, cast, ended))
    assert "31.12.2016" in said(joined(client, cast, ended, ends_on="2017-01-01"))
    other = make.volunteer(agency=cast.agency, starts_on=date(2016, 1, 1))
    assert "01.04.2016" in said(joined(client, cast, other, starts_on="2016-02-01"))
    assert joined(client, cast, ended, ends_on="2016-12-31").status_code == 302


@pytest.mark.parametrize("pk", ["", "0", "x", "9223372036854775807", "9" * 30, "²"])
def test_a_forged_volunteer_is_no_choice(signed_in, cast, pk):
    values = {"volunteer": pk, "starts_on": "2016-11-01"}
    answer = signed_in("worker").post(address("member_create", cast.volunteer_group), values)
    assert set(answer.context["form"].errors) == {"volunteer"}


def test_another_agencys_volunteer_is_no_choice(signed_in, cast):
    foreign = make.volunteer(agency=cast.other_agency)
    answer = joined(signed_in("worker"), cast, foreign)
    assert set(answer.context["form"].errors) == {"volunteer"}
    assert foreign.name not in text(answer)


def test_a_membership_ends(signed_in, cast):
    client, url = signed_in("worker"), address("member_end", cast.group_member)
    seen = client.get(url).context["form"]["seen"].value()
    answer = client.post(url, {"ends_on": "2016-11-30", "reason": "", "seen": seen}, follow=True)
    assert "Die Mitgliedschaft endet am 30.11.2016." in text(answer)
    assert "1 ehemaliges Mitglied" in text(answer)
    # Afterwards they may come back.
    assert joined(client, cast, cast.volunteer, starts_on="2016-12-01").status_code == 302


def test_the_histories_say_who_entered_a_membership_and_who_set_its_end(signed_in, cast):
    other, client = make.volunteer(agency=cast.agency), signed_in("lead")
    joined(client, cast, other)
    member = GroupMember.objects.get(volunteer=other)
    groups.leave(member, ends_on=date(2016, 11, 30), by=cast.people["lead"])
    who = f"({cast.people['lead']})"
    pages = {
        cast.volunteer_group: "Mitglied eingetragen",
        other: "in eine Gruppe eingetragen",
    }
    for party, words in pages.items():
        kind = "group" if party == cast.volunteer_group else "volunteer"
        page = text(client.get(address(f"{kind}_detail", party)))
        history = page[page.index('id="history"') :]
        for said_ in (f"{words} <", "Ende einer Mitgliedschaft eingetragen <", who):
            assert said_ in history
        assert "geändert: Gruppe" not in history


def test_a_membership_does_not_end_before_it_began_or_after_the_volunteer(signed_in, cast):
    client, url = signed_in("worker"), address("member_end", cast.group_member)
    seen = client.get(url).context["form"]["seen"].value()
    answer = client.post(url, {"ends_on": "2016-03-01", "reason": "", "seen": seen})
    assert "01.04.2016" in said(answer)
    answer = client.post(url, {"ends_on": "2016-11-01", "reason": "Erika mag nicht", "seen": seen})
    assert set(answer.context["form"].errors) == {"reason"}


@pytest.mark.django_db(transaction=True)
def test_twenty_desks_enter_a_member_once(settings):
    settings.PORTAL_DAY = DAY
    group, volunteer = make.volunteer_group(), make.volunteer()
    join = [
        lambda day=day: groups.join(
            group, volunteer=volunteer, starts_on=date(2016, 11, day), by=None
        )
        for day in range(1, 21)
    ]
    at_once(join)
    assert GroupMember.objects.filter(group=group, volunteer=volunteer).count() == 1
