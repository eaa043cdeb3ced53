"""The quick entry on a phone: taps and seconds for an entry, and that nothing typed is lost."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from agencies.activity.models import Activity, Draft
from agencies.lists.models import TargetGroup
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
SECONDS_PER_TAP = 0.6
SECONDS = 30  # what an entry may take
URL = reverse("activity:activity_create")


@pytest.fixture
def phone(visit):
    seen = visit("worker", viewport=PHONE, has_touch=True, is_mobile=True)
    seen.open(URL)
    return seen


class Thumb:
    """Counts what a person does, and how long that takes with a realistic time per tap."""

    def __init__(self, page):
        self.page, self.taps, self.began = page, 0, time.perf_counter()

    def tap(self, selector, times=1):
        for _ in range(times):
            self.page.locator(selector).first.tap()
            self.taps += 1

    @property
    def seconds(self):
        return time.perf_counter() - self.began + self.taps * SECONDS_PER_TAP


def stepper(name, step=1):
    return f".stepper:has-text('{name}') [data-step='{step}']"


def minutes(number):
    return f"[data-minutes='{number}']"


SAVE = ".entry__bar .kern-btn--primary"


def saved(page):
    page.wait_for_url("**/neu/?nach=*")
    page.wait_for_selector("text=Gespeichert:")
    return Activity.objects.order_by("-pk").first()


def say(record_property, name, thumb):
    record_property(name, f"{thumb.taps} taps, {thumb.seconds:.1f} s")
    print(f"\n{name}: {thumb.taps} taps, {thumb.seconds:.1f} s")


def test_like_last_time_with_one_more(phone, record_property):
    thumb = Thumb(phone.page)
    thumb.tap("text=Wie letztes Mal")
    phone.page.wait_for_url("**wie=letztes*")
    thumb.tap(stepper("Geflüchtete"))
    thumb.tap(SAVE)
    entry = saved(phone.page)
    say(record_property, "like last time, one count changed", thumb)
    assert (entry.refugees, entry.others, entry.minutes) == (4, 2, 60)
    assert thumb.taps == 3
    assert thumb.seconds < SECONDS
    assert phone.wrong + phone.refused() == []


def test_from_scratch(phone, record_property):
    """Three refugees, two residents, sixty minutes; day, place, kind and format as last time."""
    thumb = Thumb(phone.page)
    thumb.tap(stepper("Geflüchtete"), times=3)
    thumb.tap(stepper("Anwohnende"), times=2)
    thumb.tap(minutes(60))
    assert phone.page.inner_text("[data-total]") == "Teilnehmende: 5"
    thumb.tap(SAVE)
    entry = saved(phone.page)
    say(record_property, "from scratch: 3 + 2, 60 minutes", thumb)
    assert (entry.refugees, entry.others, entry.minutes) == (3, 2, 60)
    assert thumb.taps == 7
    assert thumb.seconds < SECONDS


def test_everything_usual_is_on_one_screen(phone):
    """With five target groups, as in practice, down to the minutes and the button."""
    make.target_group("other", name="Andere Neuzugewanderte")
    make.target_group("helper", name="Fachkräfte")
    phone.open(URL)
    assert TargetGroup.objects.count() == 5
    bar = phone.page.locator(".entry__bar").bounding_box()
    quick = phone.page.locator(minutes(120)).bounding_box()
    assert quick["y"] + quick["height"] <= bar["y"]
    assert bar["y"] + bar["height"] <= PHONE["height"]
    for button in phone.page.locator(".entry button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 40
    assert phone.overflow() <= 0


def type_something(page):
    page.locator(stepper("Geflüchtete")).tap()
    page.locator(minutes(90)).tap()
    page.tap(".more summary")
    page.fill("[name=note]", "Person A will umziehen")


def shows_what_was_typed(page):
    page.wait_for_selector("[name=note]")
    return (
        page.input_value(".stepper:has-text('Geflüchtete') input"),
        page.input_value("[name=minutes]"),
        page.input_value("[name=note]"),
    ) == ("1", "90", "Person A will umziehen")


def test_an_expired_session_loses_nothing(phone, cast):
    person = cast.people["worker"]
    person.set_password(make.PASSWORD)
    person.save()
    # The new password ended the session; sign in as everybody does.
    page = phone.page
    sign_in(page, phone.server, person)
    phone.open(URL)
    type_something(page)
    Session.objects.all().delete()
    Draft.objects.all().delete()  # what the script may have kept is not what is tested
    page.tap(SAVE)
    page.wait_for_url("**/anmelden/**")
    sign_in(page, phone.server, person, is_there=True)
    page.wait_for_url("**/neu/")
    assert "Nicht gespeicherte Eingaben von" in page.inner_text("main")
    assert shows_what_was_typed(page)
    page.tap(SAVE)
    assert saved(page).note == "Person A will umziehen"


def sign_in(page, server, person, *, is_there=False):
    if not is_there:
        page.goto(f"{server}{reverse('account_login')}")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", make.PASSWORD)
    page.locator("main form:has([name=password]) .kern-btn--primary").first.click()
    page.wait_for_url(lambda url: "anmelden" not in url)


def test_a_lost_network_loses_nothing(phone):
    page = phone.page
    type_something(page)
    page.context.set_offline(True)
    page.tap(SAVE)
    page.wait_for_selector("text=Keine Verbindung. Ihre Eingaben bleiben hier")
    assert shows_what_was_typed(page)
    page.context.set_offline(False)
    page.tap(SAVE)
    assert saved(page).minutes == 90
    assert Activity.objects.filter(minutes=90).count() == 1


def test_a_lost_answer_enters_nothing_twice(phone):
    """The entry arrives, the answer does not: trying again is harmless."""
    page = phone.page
    type_something(page)
    page.route("**/neu/", lambda route: (route.fetch(), route.abort()), times=1)
    page.tap(SAVE)
    page.wait_for_selector("text=Keine Verbindung")
    assert Activity.objects.filter(minutes=90).count() == 1
    page.tap(SAVE)
    saved(page)
    assert Activity.objects.filter(minutes=90).count() == 1


def test_a_reload_shows_the_draft_until_it_is_discarded(phone):
    page = phone.page
    with page.expect_response("**/entwurf/"):
        type_something(page)
    page.wait_for_timeout(1_500)  # until nobody types any more
    page.reload()
    assert "Nicht gespeicherte Eingaben von" in page.inner_text("main")
    assert shows_what_was_typed(page)
    page.tap(".unsaved__discard")
    page.wait_for_selector("text=verworfen")
    assert page.input_value("[name=minutes]") == ""


def test_the_back_button_finds_what_was_typed(phone):
    page = phone.page
    with page.expect_response("**/entwurf/"):
        type_something(page)
    page.wait_for_timeout(1_500)
    page.goto(f"{phone.server}/")
    page.go_back()
    assert shows_what_was_typed(page)


def test_a_refused_entry_is_shown_with_its_reason(phone):
    page = phone.page
    type_something(page)
    page.fill("[name=note]", "Frau Haddad zieht um")
    page.tap(SAVE)
    page.wait_for_selector("text=einen Namen")
    assert page.evaluate("document.activeElement.name") == "is_note_insisted"
    assert phone.violations() == []
    page.tap("text=Vorschlag übernehmen")
    page.wait_for_selector("text=Der Vorschlag steht in der Notiz")
    assert page.input_value("[name=note]") == "Person A zieht um"
    page.tap(SAVE)
    assert saved(page).note == "Person A zieht um"
    assert phone.refused() == []


@pytest.fixture
def plain(visit):
    """A phone without scripts."""
    seen = visit("worker", viewport=PHONE, java_script_enabled=False)
    seen.open(URL)
    return seen.page


def test_without_scripts_it_is_a_plain_form(plain):
    assert plain.locator(".entry button:visible").count() == 1
    plain.fill(".stepper:has-text('Geflüchtete') input", "3")
    plain.fill("[name=minutes]", "0")
    plain.click(SAVE)
    assert "1 bis 1.440" in plain.inner_text(".error-summary")
    assert plain.input_value(".stepper:has-text('Geflüchtete') input") == "3"
    assert plain.input_value("[name=minutes]") == "0"
    plain.fill("[name=minutes]", "45")
    plain.click(SAVE)
    assert "Gespeichert:" in plain.inner_text("main")
    entry = Activity.objects.order_by("-pk").first()
    assert (entry.refugees, entry.minutes) == (3, 45)


def test_without_scripts_the_enter_key_saves(plain):
    """The first button of a form is the one that Enter presses."""
    plain.click(".more summary")
    plain.fill("[name=note]", "Frau Haddad zieht um")
    plain.fill("[name=minutes]", "45")
    plain.press("[name=minutes]", "Enter")
    assert "einen Namen" in plain.inner_text(".error-summary")
    plain.press("[name=minutes]", "Enter")
    assert "Der Vorschlag steht" not in plain.inner_text("main")
    assert plain.input_value("[name=note]") == "Frau Haddad zieht um"
