from uuid import uuid4

import pytest
from django.core import mail
from django.utils import translation

from coordination.access.models import User
from tests import make
from tests.desk.asking import ADDRESS, ASK, SENT, WORDS, typed
from tests.people.desks import at_once
from volunteers.desk.models import Link, Mail, Message, Question


@pytest.fixture
def eicken(db):
    nord = make.borough(name="Nord")
    return make.district("41061", "41063", name="Eicken", parent=nord)


@pytest.fixture
def windberg(eicken):
    return make.district("41063", "41068", name="Windberg", parent=eicken.parent)


def errors(response):
    """Field and message of everything the form says."""
    found = response.context["form"].errors
    return {name: " ".join(texts) for name, texts in found.items()}


def test_a_question_is_kept_and_waits_for_its_confirmation(client, eicken):
    topic = make.topic(name="Kita")
    response = client.post(ASK, typed(district=eicken.pk, topic=topic.pk))
    assert response.headers["Location"] == SENT
    question = Question.objects.get()
    assert (question.district, question.topic, question.email) == (eicken, topic, ADDRESS)
    assert (question.confirmed_at, question.waits_since, question.language) == (None, None, "de")
    assert question.messages.get().text == WORDS
    assert question.mails.get().kind == Mail.Kind.CONFIRM


def test_the_page_after_it_says_what_is_missing(client, db):
    page = client.get(SENT).content.decode()
    assert "Bitte bestätigen Sie Ihre Frage" in page
    assert "Der Link gilt 7 Tage." in page


def test_the_form_says_what_becomes_of_the_data_and_what_not_to_write(client, db):
    page = client.get(ASK).content.decode()
    assert 'href="/datenschutz/"' in page
    assert "zwölf Monate nach dem Abschluss" in page
    assert "keine Namen, Adressen, Geburtsdaten" in page


def test_in_english_the_form_speaks_english_and_so_will_the_mails(client, eicken):
    client.cookies["__Host-sprache"] = "en"
    assert "Ask-back desk: ask a question" in client.get(ASK).content.decode()
    client.post(ASK, typed(district=eicken.pk))
    assert Question.objects.get().language == "en"


# --- Where --------------------------------------------------------------------------------------


def test_a_postal_code_of_one_district_is_enough(client, eicken):
    client.post(ASK, typed(postal_code="41061"))
    question = Question.objects.get()
    assert (question.district, question.postal_code) == (eicken, "41061")


def test_of_a_postal_code_in_several_districts_the_form_asks_which(client, eicken, windberg):
    other = make.district("41199", name="Odenkirchen")
    response = client.post(ASK, typed(postal_code="41063"))
    assert "liegt in mehreren Stadtteilen" in errors(response)["district"]
    offered = str(response.context["form"]["district"])
    assert "Eicken" in offered
    assert "Windberg" in offered
    assert other.name not in offered
    client.post(ASK, typed(postal_code="41063", district=windberg.pk))
    assert Question.objects.get().district == windberg


@pytest.mark.parametrize(
    ("place", "field", "said"),
    [
        ({}, "district", "wählen Sie einen Stadtteil"),
        ({"postal_code": "4106"}, "postal_code", "fünf Ziffern"),
        ({"postal_code": "4106x"}, "postal_code", "fünf Ziffern"),
        ({"postal_code": "99999"}, "postal_code", "Kein Stadtteil hat die Postleitzahl 99999"),
        ({"district": "999999"}, "district", "gibt es nicht"),
        ({"district": "9223372036854775808"}, "district", "gibt es nicht"),
        ({"district": "Eicken"}, "district", "gibt es nicht"),
        ({"topic": "999999", "postal_code": "41061"}, "topic", "steht nicht in der Liste"),
    ],
)
def test_a_place_nobody_can_find_is_asked_for_again(client, eicken, place, field, said):
    response = client.post(ASK, typed(**place))
    assert said in errors(response)[field]
    assert WORDS in response.content.decode()
    assert not Question.objects.exists()


def test_a_district_and_a_postal_code_must_belong_together(client, eicken):
    response = client.post(ASK, typed(district=eicken.pk, postal_code="41199"))
    assert "Eicken hat nicht die Postleitzahl 41199, sondern: 41061, 41063" in str(errors(response))


def test_a_postal_code_may_be_typed_with_blanks_and_wide_digits(client, eicken):
    client.post(ASK, typed(postal_code=" 41\u00a0\uff1061 "))
    assert Question.objects.get().postal_code == "41061"


def test_who_does_not_know_the_district_asks_all_the_same(client, eicken, windberg):
    client.post(ASK, typed(district="unbekannt"))
    client.post(ASK, typed(district="unbekannt", postal_code="41063"))
    client.post(ASK, typed(district="unbekannt", postal_code="41061"))
    places = Question.objects.order_by("pk").values_list("district", "postal_code")
    assert list(places) == [(None, ""), (None, "41063"), (eicken.pk, "41061")]


def test_a_link_from_the_finder_fills_in_where(client, eicken):
    response = client.get(f"{ASK}?stadtteil={eicken.pk}&plz=41061")
    form = response.context["form"]
    assert (form["district"].value(), form["postal_code"].value()) == (str(eicken.pk), "41061")


def test_nonsense_in_that_link_does_no_harm(client, eicken):
    assert client.get(f"{ASK}?stadtteil=%22%3E%3Cscript%3E&plz={'9' * 500}").status_code == 200


# --- What ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 2_001])
def test_a_question_has_words_and_not_too_many(client, eicken, text):
    response = client.post(ASK, typed(district=eicken.pk, text=text))
    assert "text" in errors(response)
    assert not Question.objects.exists()


def test_the_end_of_a_line_counts_once(client, eicken):
    client.post(ASK, typed(district=eicken.pk, text="\r\n".join(["x"] * 1_000)))
    assert Message.objects.get().text == "\n".join(["x"] * 1_000)


CASE = "Frau Haddad, geb. 3.4.1998, hat keinen Termin bekommen."


def test_what_looks_like_a_case_is_asked_about_and_nothing_is_lost(client, eicken):
    response = client.post(ASK, typed(district=eicken.pk, text=CASE))
    assert "Geburtsdatum" in errors(response)["text"]
    page = response.content.decode()
    assert CASE in page
    assert ADDRESS in page
    assert "Person A" in response.context["form"].suggestion
    assert not Question.objects.exists()
    assert not Mail.objects.exists()


def test_the_suggestion_is_put_into_the_form_and_not_sent(client, eicken):
    typed_in = typed(district=eicken.pk, text=CASE)
    response = client.post(ASK, {**typed_in, "vorschlag": "1"})
    form = response.context["form"]
    assert "Haddad" not in form["text"].value()
    assert "Person A" in form["text"].value()
    assert form["email"].value() == ADDRESS
    assert not Question.objects.exists()


def test_whoever_insists_sends_just_this_text(client, eicken):
    first = client.post(ASK, typed(district=eicken.pk, text=CASE)).context["form"]
    insisting = {"is_insisted": "on", "asked": first.data["asked"]}
    other = typed(district=eicken.pk, text="Herr Yilmaz, geb. 1.2.1990, auch?", **insisting)
    assert "text" in errors(client.post(ASK, other))
    response = client.post(ASK, typed(district=eicken.pk, text=CASE, **insisting))
    assert response.headers["Location"] == SENT
    assert Message.objects.get().text == CASE


def test_the_own_address_in_the_text_is_nobodys_case(client, eicken):
    text = f"Bitte antworten Sie an {ADDRESS.upper()}."
    assert client.post(ASK, typed(district=eicken.pk, text=text)).status_code == 302


# --- Which address ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (" Mira@Verein.EXAMPLE ", "mira@verein.example"),
        ("mira@müller.example", "mira@xn--mller-kva.example"),
        ("mira@MÜLLER.example", "mira@xn--mller-kva.example"),
        ("mira+frage@verein.example", "mira+frage@verein.example"),
    ],
)
def test_an_address_is_kept_as_the_network_knows_it(client, eicken, address, kept):
    client.post(ASK, typed(district=eicken.pk, email=address))
    assert Question.objects.get().email == kept


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "E-Mail-Adresse für die Antwort"),
        ("mira", "gültige E-Mail-Adresse"),
        ("mіra@verein.example", "Vor dem @"),  # a Cyrillic i
        ("mira\u200b@verein.example", "Vor dem @"),
        ("müra@verein.example", "Vor dem @"),
        ("mira@straße.example", "Nach dem @"),  # would go to strasse.example
        ("mira@ｖｅｒｅｉｎ.example", "Nach dem @"),
        ("mira@verein\u202e.example", "Nach dem @"),
        ("mira@verein.example\r\nBcc: x@y.example", "E-Mail-Adresse"),
        ("mira@verein.example,x@y.example", "E-Mail-Adresse"),
        ("mira@verein.example x@y.example", "E-Mail-Adresse"),
        ("a@b@verein.example", "E-Mail-Adresse"),
        (f"{'m' * 250}@verein.example", "höchstens"),
    ],
)
def test_an_address_that_could_be_somebody_elses_is_refused(client, eicken, address, said):
    response = client.post(ASK, typed(district=eicken.pk, email=address))
    assert said in errors(response)["email"]
    assert not Question.objects.exists()


def test_an_address_with_an_account_is_answered_like_any_other(client, eicken):
    make.user(email=ADDRESS)
    make.question(email=ADDRESS)
    known = client.post(ASK, typed(district=eicken.pk))
    unknown = client.post(ASK, typed(district=eicken.pk, email="neu@verein.example"))
    assert (known.status_code, known.headers["Location"]) == (302, SENT)
    assert (unknown.status_code, unknown.headers["Location"]) == (302, SENT)
    assert User.objects.filter(email=ADDRESS).count() == 1


# --- Programs, and people in a hurry -----------------------------------------------------------


def test_a_program_that_fills_in_everything_believes_it_was_heard(client, eicken, sent):
    with sent():
        response = client.post(ASK, typed(district=eicken.pk, homepage="https://x.example"))
    assert response.headers["Location"] == SENT
    assert not Question.objects.exists()
    assert mail.outbox == []


def test_the_trap_is_out_of_the_way_of_people(client, db):
    page = client.get(ASK).content.decode()
    assert '<div class="ask-trap" aria-hidden="true">' in page
    assert 'tabindex="-1"' in page.partition('class="ask-trap"')[2]


def test_the_same_form_sent_twice_is_one_question(client, eicken):
    again = typed(district=eicken.pk, form_id=str(uuid4()))
    assert client.post(ASK, again).headers["Location"] == SENT
    assert client.post(ASK, again).headers["Location"] == SENT
    assert (Question.objects.count(), Message.objects.count(), Mail.objects.count()) == (1, 1, 1)


def test_a_form_that_was_corrected_and_sent_again_is_asked_as_corrected(client, eicken):
    again = typed(district=eicken.pk, form_id=str(uuid4()))
    client.post(ASK, {**again, "email": "verschriben@verein.example"})
    assert client.post(ASK, again).headers["Location"] == SENT
    asked = set(Question.objects.values_list("email", flat=True))
    assert asked == {"verschriben@verein.example", again["email"]}
    assert Mail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_at_once_is_one_question(client, settings):
    settings.PORTAL_FORM_LIMITS = {"visitor": "99/h/key", "address": "99/h/key"}
    again = typed(district=make.district().pk, form_id=str(uuid4()))

    def send():
        with translation.override("de"):
            return type(client)().post(ASK, again).status_code

    answers = at_once([send] * 20)
    assert set(answers) <= {302, 429}
    assert 302 in answers
    assert (Question.objects.count(), Message.objects.count(), Mail.objects.count()) == (1, 1, 1)
    assert len(mail.outbox) == 1


def test_whoever_asks_needs_no_session(client, eicken):
    client.get(ASK)
    client.post(ASK, typed(district=eicken.pk))
    assert "__Host-sitzung" not in client.cookies


# --- The switch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "gesendet/"])
def test_without_the_switch_nobody_can_ask(client, db, settings, page):
    settings.PORTAL_DESK = False
    assert client.get(f"{ASK}{page}").status_code == 404
    assert client.post(f"{ASK}{page}", typed()).status_code == 404


@pytest.mark.parametrize("page", ["bestaetigen", "frage"])
def test_without_the_switch_who_has_asked_goes_on(client, db, settings, page):
    """It closes the entrance: the mails that were promised still go out, and lead somewhere."""
    settings.PORTAL_DESK = False
    purpose = "confirm" if page == "bestaetigen" else "reply"
    question = make.unconfirmed() if purpose == "confirm" else make.question()
    link = f"{ASK}{page}/{make.link(purpose, question=question).token}/"
    assert client.get(link).status_code == 200
    done = client.post(link, {"text": "Noch etwas."}, follow=True)
    assert done.status_code == 200
    assert Link.objects.get().used_at is not None
    for said in (done, client.get(f"{ASK}{page}/unbekannt/")):
        assert f'href="{ASK}"' not in said.content.decode(), "a way to a page that is not there"


def test_the_footer_leads_there_only_with_the_switch(client, db, settings):
    assert f'href="{ASK}"' in client.get("/konto/anmelden/").content.decode()
    settings.PORTAL_DESK = False
    assert f'href="{ASK}"' not in client.get("/konto/anmelden/").content.decode()


def test_the_form_costs_the_same_however_many_districts(client, db, django_assert_max_num_queries):
    topics = [make.topic(name=f"Thema {number}") for number in range(3)]
    for number in range(20):
        make.district(f"41{number:03}", parent=make.borough(name=f"Bezirk {number}"))
    with django_assert_max_num_queries(3):
        page = client.get(ASK).content.decode()
    assert page.count("<optgroup") == 20
    assert topics[2].name in page
