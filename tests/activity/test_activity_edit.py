from datetime import date, timedelta

import pytest
from django.urls import reverse

from agencies.activity import activities
from agencies.activity.models import Activity
from agencies.models import Worker
from coordination import editing
from coordination.as_of import today
from tests import make
from tests.census import forms

LIMIT = 12


@pytest.fixture
def url(cast):
    return reverse("activity:activity_edit", args=[cast.activity.pk])


@pytest.fixture
def worker(client, cast):
    client.force_login(cast.people["worker"])
    return client


def sent(client, url, **changed):
    """What a browser would send of the page, with these fields changed."""
    found = forms(client.get(url), "post")
    (form,) = [form for form in found if "minutes" in form.values]
    return {name: values for name, values in form.values.items() if values} | changed


def stored(cast):
    return Activity.objects.get(pk=cast.activity.pk)


def errors(response):
    return {name: " ".join(texts) for name, texts in response.context["form"].errors.items()}


def test_the_form_shows_the_entry(worker, cast, url):
    form = worker.get(url).context["form"]
    assert form["day"].value() == cast.activity.day
    assert (form["minutes"].value(), form["offer"].value()) == (60, cast.offer.pk)
    assert form["topics"].value() == [cast.topic.pk]
    counts = {field.label: field.value() for field in form.count_fields}
    assert counts == {"Geflüchtete": 3, "Anwohnende": 2, "Ehrenamtliche": 1}


def test_one_changed_count_is_saved(worker, cast, url):
    name = f"count_{cast.target_group.pk}"
    response = worker.post(url, sent(worker, url, **{name: "5"}))
    assert response.status_code == 302
    entry = stored(cast)
    assert (entry.refugees, entry.others, entry.helpers, entry.minutes) == (5, 2, 1, 60)
    assert list(entry.topics.all()) == [cast.topic]


def test_two_browsers_lose_nothing(worker, cast, url):
    name = f"count_{cast.target_group.pk}"
    values = sent(worker, url, **{name: "5"})
    activities.change(cast.activity, minutes=90, by=None)
    response = worker.post(url, values)
    told = errors(response)["__all__"]
    assert "Saved meanwhile" not in told
    assert "90" in told
    assert stored(cast).refugees == 3
    assert response.context["form"][name].value() == "5"
    values["seen"] = response.context["form"]["seen"].value()
    assert worker.post(url, values).status_code == 302
    assert (stored(cast).refugees, stored(cast).minutes) == (5, 60)


def test_what_changes_between_form_and_lock_is_noticed_too(worker, cast):
    seen = editing.fingerprint(cast.activity, activities.WATCHED)
    activities.change(cast.activity, minutes=90, by=None)
    with pytest.raises(activities.ValidationError):
        activities.change(cast.activity, minutes=30, seen=seen, by=None)


def test_entries_of_colleagues_are_not_ones_own(worker, cast):
    other = make.activity(1, worker=make.worker(agency=cast.agency))
    assert worker.get(reverse("activity:activity_edit", args=[other.pk])).status_code == 404


def test_a_lead_changes_all_entries_of_the_agency(client, cast, url):
    client.force_login(cast.people["lead"])
    colleague = make.worker(agency=cast.agency)
    assert client.post(url, sent(client, url, worker=colleague.pk)).status_code == 302
    assert stored(cast).worker == colleague
    foreign = make.worker(agency=cast.other_agency)
    response = client.post(url, sent(client, url, worker=foreign.pk))
    assert "anderen Verband" in errors(response)["worker"]


def test_the_coordination_keeps_an_entry_within_its_agency(client, cast, url):
    client.force_login(cast.people["coordination"])
    foreign = make.worker(agency=cast.other_agency)
    response = client.post(url, sent(client, url, worker=foreign.pk))
    assert "anderen Verband" in errors(response)["worker"]


def test_what_has_ended_may_stay_in_an_entry(client, cast, url):
    Worker.objects.filter(pk=cast.worker.pk).update(is_active=False)
    cast.kind.ends_on = date(2016, 1, 31)
    cast.kind.save()
    client.force_login(cast.people["lead"])
    assert client.post(url, sent(client, url, minutes="90")).status_code == 302
    assert stored(cast).minutes == 90


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_an_entry_of_a_closed_period_is_shown_and_its_period_linked(worker, cast, url, state):
    values = sent(worker, url, minutes="90")
    cast.open_period.state = state
    cast.open_period.first_submitted_at = cast.activity.created_at
    cast.open_period.save()
    response = worker.get(url)
    page = response.content.decode()
    assert response.context["form"] is None
    assert f"{cast.open_period.name} ist" in page
    assert reverse("reports:period_detail", args=[cast.open_period.pk]) in page
    # The period was closed while somebody had the form open: nothing typed is lost.
    response = worker.post(url, values)
    assert cast.open_period.name in errors(response)["day"]
    assert response.context["form"]["minutes"].value() == "90"
    assert stored(cast).minutes == 60


def test_an_entry_is_not_moved_into_a_closed_period(worker, cast, url):
    response = worker.post(url, sent(worker, url, day="2016-05-02"))
    assert cast.submitted_period.name in errors(response)["day"]


def test_only_what_is_changed_is_asked_about(worker, cast, url):
    """The entry is years old: that was answered when it was made."""
    name = f"count_{cast.target_group.pk}"
    response = worker.post(url, sent(worker, url, **{name: "300"}))
    assert "Tage" not in errors(response)["is_confirmed"]
    values = sent(worker, url, **{name: "300"})
    values["asked"] = response.context["form"]["asked"].value()
    assert worker.post(url, values | {"is_confirmed": "on"}).status_code == 302


def test_a_note_once_insisted_on_is_not_asked_about_again(worker, cast, url):
    activities.change(cast.activity, note="Frau Haddad", is_note_insisted=True, by=None)
    assert worker.post(url, sent(worker, url, minutes="45")).status_code == 302
    assert stored(cast).is_note_insisted
    response = worker.post(url, sent(worker, url, note="Frau Haddad und Herr Berg"))
    assert "is_note_insisted" in errors(response)
    assert worker.post(url, sent(worker, url, note="Person A")).status_code == 302
    assert not stored(cast).is_note_insisted


def test_the_suggestion_keeps_what_was_seen(worker, cast, url):
    values = sent(worker, url, note="Frau Haddad", vorschlag="1")
    response = worker.post(url, values)
    form = response.context["form"]
    assert form["note"].value() == "Person A"
    assert form["seen"].value() == values["seen"][0]


@pytest.mark.parametrize("who", ["worker", "lead", "coordination"])
def test_the_page_costs_the_same_however_much_there_is(
    client, cast, url, django_assert_max_num_queries, who
):
    for _ in range(20):
        make.worker(agency=cast.agency)
        make.offer(agency=cast.agency)
        make.topic()
        cast.activity.topics.add(make.topic())
    client.force_login(cast.people[who])
    with django_assert_max_num_queries(LIMIT):
        client.get(url)
    values = sent(client, url, minutes="viel")
    with django_assert_max_num_queries(LIMIT):
        assert client.post(url, values).status_code == 200


def test_the_day_may_move_but_not_into_the_future(worker, cast, url):
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert "Zukunft" in errors(worker.post(url, sent(worker, url, day=tomorrow)))["day"]
    values = sent(worker, url, day="2016-11-16")
    values["asked"] = worker.post(url, values).context["form"]["asked"].value()
    assert worker.post(url, values | {"is_confirmed": "on"}).status_code == 302
    assert stored(cast).day == date(2016, 11, 16)
