"""A volunteer without account or scripts: from the finder to an answer, by links from mails."""

import re
from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from volunteers.desk.models import Question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
CASE = "Frau Beispiel, geb. 03.04.1988, findet keinen Hortplatz. Wer hilft?"
WORDS = "Wer erklärt, wie man einen Hortplatz beantragt?"
ANSWER = "Montags von 9 bis 12 Uhr im Stadtteilbüro."
MORE = "Danke! Muss das Kind dabei sein?"


@pytest.fixture(autouse=True)
def a_day_on_which_the_district_is_led(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


def send(seen):
    seen.page.click("main form .kern-btn--primary")
    seen.page.wait_for_load_state()


def mailed(seen, name):
    """The address of this page, as the last mail names it."""
    pattern = reverse(f"desk:{name}", args=["TOKEN"]).replace("TOKEN", r"[\w-]+")
    path = re.findall(pattern, mail.outbox[-1].body)[-1]
    seen.open(path)
    return path


def test_from_the_finder_to_an_answer_and_on(visit):
    asker = visit("nobody", viewport=PHONE, java_script_enabled=False)
    asker.open(f"{reverse('public:contact_list')}?plz=41061")
    assert "Eicken" in asker.page.inner_text("h1")
    asker.page.click(f"main a[href^='{reverse('desk:question_ask')}']")
    asker.page.fill("[name=text]", CASE)
    asker.page.fill("[name=email]", "helferin@verein.example")
    send(asker)
    assert asker.page.input_value("[name=text]") == CASE  # asked about, and nothing typed is lost
    assert mail.outbox == []

    asker.page.fill("[name=text]", WORDS)
    send(asker)
    confirm = mailed(asker, "question_confirm")
    send(asker)
    question = Question.objects.get(messages__text=WORDS, confirmed_at__isnull=False)

    lead = visit("worker", viewport=PHONE)
    lead.open(reverse("desk:question_list"))
    lead.page.click(f"main tr:has-text('{WORDS}') th a")
    lead.page.fill("[name=text]", ANSWER)
    send(lead)
    assert ANSWER in lead.page.inner_text("main")
    assert lead.wrong + lead.refused() == []

    assert mail.outbox[-1].to == ["helferin@verein.example"]
    assert ANSWER in mail.outbox[-1].body
    reply = mailed(asker, "question_continue")
    asker.page.fill("[name=text]", MORE)
    send(asker)
    lead.page.reload()
    assert MORE in lead.page.inner_text("main")

    for used in (confirm, reply):
        asker.open(used)
        assert asker.page.locator("main form [name=text]").count() == 0
    assert [message.text for message in question.messages.order_by("pk")] == [WORDS, ANSWER, MORE]
