import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.editing import fingerprint
from coordination.periods import show_day
from coordination.public import legal_texts
from coordination.public.models import LegalText
from coordination.retention.rules import RULES
from tests import make

URL = reverse("public:legal_edit", args=["impressum", "de"])
LIST = reverse("public:legal_list")
PAGES = [(page, code) for page in LegalText.Page.values for code in ("de", "en")]


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def coordinator(client, db):
    user = make.user("coordination")
    client.force_login(user)
    return user


def send(client, words, **more):
    seen = client.get(URL).context["form"]["seen"].value()
    return client.post(URL, {"text": words, "seen": seen, **more})


@pytest.mark.parametrize(("page", "code"), PAGES)
def test_without_own_text_everybody_sees_a_marked_template(client, db, page, code):
    response = client.get(f"/{page}/", headers={"accept-language": code})
    said = "Mustertext – bitte prüfen und anpassen"
    mark = said if code == "de" else "Template text – please check and adapt"
    assert mark in text(response)
    assert '<mark class="open-point">' in text(response)
    assert f'class="legal-text" lang="{code}"' in text(response)


@pytest.mark.parametrize(("page", "code"), PAGES)
def test_a_template_has_no_place_left_for_the_portal_to_fill(settings, page, code):
    settings.PORTAL_CITY = "Beispielstadt"
    template = legal_texts.template(page, code)
    assert "{" not in template
    assert "Beispielstadt" in template
    settings.PORTAL_CITY = ""
    assert "[bitte ergänzen: Stadt]" in legal_texts.template(page, "de")


def test_the_privacy_notice_names_every_cookie(client, settings, db):
    page = text(client.get(reverse("public:privacy")))
    for name in (
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.LANGUAGE_COOKIE_NAME,
        settings.ACTIVITY_COOKIE_NAME,
        "hinweise",
    ):
        assert f"{name}</code>" in page


# Line of the notice, and the rule that deletes.
KEPT = {
    "Ehrenamtliche und Gruppen": "volunteer",
    "Vermerk über das Führungszeugnis": "certificate",
    "Gespräche": "talk",
    "Fragen, die niemand bestätigt hat": "question_unconfirmed",
    "Fragen mit E-Mail-Adresse": "question",
    "Meldungen von Barrieren": "feedback",
    "Anmeldungen: Netzwerkadresse, Browser": "sign_in",
    "Abwesenheiten von Fachkräften": "absence",
    "stillgelegte Konten": "account",
}


def test_the_privacy_notice_names_the_periods_the_portal_keeps_to():
    rules = {rule.code: rule.span for rule in RULES}
    for code in ("de", "en"):
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in legal_texts.template("datenschutz", code).splitlines()
            if line.startswith("|")
        ]
        # The second table, below its heading and rule.
        head = next(place for place, line in enumerate(lines) if line[0] in ("Daten", "Data"))
        rows = lines[head + 2 :]
        assert len(rows) == len(KEPT)
        if code == "de":
            assert [row[0] for row in rows] == list(KEPT)
        for row, rule in zip(rows, KEPT.values(), strict=True):
            span = rules[rule]
            assert int(row[1].split()[0]) == (span.months or span.days), row
            words = ("Monat", "month") if span.months else ("Tag", "day")
            assert row[1].split()[1].startswith(words), row


def test_the_accessibility_statement_has_what_the_law_asks_for(client, db):
    page = text(client.get(reverse("public:accessibility")))
    for said in (
        "teilweise vereinbar",
        "Nicht barrierefreie Inhalte",
        "Selbstbewertung",
        "Ombudsstelle für barrierefreie Informationstechnik",
        "https://www.mags.nrw/ombudsstelle-barrierefreie-informationstechnik",
        f'href="{reverse("public:feedback_create")}"',
    ):
        assert said in page, said


def test_the_citys_own_text_replaces_the_template(client, coordinator):
    response = send(client, "## Rathaus\r\n\r\nMusterplatz 1")
    assert response.headers["Location"] == LIST
    row = LegalText.objects.get()
    assert (row.page, row.language, row.text) == (
        "impressum",
        "de",
        "## Rathaus\n\nMusterplatz 1",
    )
    page = text(client.get(reverse("public:imprint")))
    assert ">Rathaus</h2>" in page
    assert "Mustertext" not in page
    assert URL in page
    client.logout()
    assert URL not in text(client.get(reverse("public:imprint")))


def test_the_mark_stays_until_every_place_is_filled_in(client, db):
    make.legal_text(text="Telefon: [bitte ergänzen: Nummer]")
    page = text(client.get(reverse("public:imprint")))
    assert "Mustertext – bitte prüfen und anpassen" in page
    assert "In diesem Text fehlt noch etwas" in page


def test_who_reads_english_gets_the_german_text_rather_than_a_template(client, db):
    make.legal_text(text="## Rathaus")
    page = text(client.get(reverse("public:imprint"), headers={"accept-language": "en"}))
    assert 'lang="de"> <h2' in page
    assert "This text is available in German only." in page
    make.legal_text(language="en", text="## City hall")
    page = text(client.get(reverse("public:imprint"), headers={"accept-language": "en"}))
    assert "City hall" in page
    assert "in German only" not in page


def test_a_preview_saves_nothing_and_keeps_what_was_typed(client, coordinator):
    response = send(client, "## Neu\n\n[bitte ergänzen: Name] <script>", vorschau="ja")
    page = text(response)
    assert "Vorschau, noch nicht gespeichert" in page
    assert ">Neu</h2>" in page
    assert "Noch 1 Stelle ist zu ergänzen." in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page.partition("<main")[2].partition("</main>")[0]
    assert response.context["form"]["text"].value().startswith("## Neu")
    assert LegalText.objects.count() == Entry.objects.count() == 0


def test_the_log_says_that_it_changed_and_not_what(client, coordinator):
    seen = client.get(URL).context["form"]["seen"].value()
    english = {"accept-language": "en"}
    client.post(URL, {"text": "## Rathaus", "seen": seen}, headers=english)
    entry = Entry.objects.get()
    assert (entry.verb, entry.target_label, entry.by) == (
        "changed",
        "Impressum (Deutsch)",
        coordinator,
    )
    assert entry.after == {"text": "Text geändert"}
    assert "Rathaus" not in str(entry.before)


def test_the_second_of_two_learns_what_the_first_saved(client, coordinator):
    row = make.legal_text(text="Erster Stand")
    seen = fingerprint(row, legal_texts.WATCHED)
    LegalText.objects.update(text="Stand der anderen")
    response = client.post(URL, {"text": "Mein Stand", "seen": seen})
    page = text(response)
    assert "Stand der anderen" in page
    assert "Mein Stand" in page
    assert LegalText.objects.get().text == "Stand der anderen"
    again = {"text": "Mein Stand", "seen": response.context["form"]["seen"].value()}
    assert client.post(URL, again).status_code == 302
    assert LegalText.objects.get().text == "Mein Stand"


def test_the_first_text_of_two_people_is_not_overwritten_either(client, coordinator):
    seen = client.get(URL).context["form"]["seen"].value()
    make.legal_text(text="Stand der anderen")
    assert client.post(URL, {"text": "Mein Stand", "seen": seen}).status_code == 200
    assert LegalText.objects.get().text == "Stand der anderen"
    with pytest.raises(ValidationError):
        legal_texts.write(
            legal_texts.draft("impressum", "de"), text="Mein Stand", seen=seen, by=coordinator
        )


def test_the_same_text_sent_twice_is_one_change(coordinator):
    for _ in range(2):
        row = legal_texts.find("impressum", "de")
        legal_texts.write(row, text="## Rathaus", by=coordinator)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "   ", "x" * 50_001])
def test_what_is_no_text_is_refused_at_the_field(client, coordinator, typed):
    response = send(client, typed)
    assert response.status_code == 200
    assert response.context["form"].errors["text"]
    assert LegalText.objects.count() == 0


@pytest.mark.parametrize(
    ("page", "code"), [("impressum", "fr"), ("agb", "de"), ("impressum", "DE")], ids=str
)
def test_other_pages_and_languages_do_not_exist(client, coordinator, page, code):
    assert client.get(reverse("public:legal_edit", args=[page, code])).status_code == 404


def test_the_list_shows_what_is_still_to_be_done(
    client, coordinator, django_assert_max_num_queries
):
    make.legal_text(text="## Fertig")
    make.legal_text(page="datenschutz", text="[bitte ergänzen: Amt]")
    with django_assert_max_num_queries(12):
        page = text(client.get(LIST))
    assert page.count("eigener Text</span>") == 1
    assert page.count(">zu ergänzen</span>") == 1
    assert page.count(">Mustertext</span>") == 4
    assert show_day(timezone.localdate()) in page


def test_the_foot_of_every_page_leads_there(client, db):
    for url in ("/konto/anmelden/", "/angebote-finden/", "/gibt-es-nicht/", "/offene-daten/"):
        foot = text(client.get(url)).partition("<footer")[2]
        for name in ("imprint", "privacy", "accessibility", "feedback_create"):
            assert f'href="{reverse(f"public:{name}")}"' in foot, (url, name)


def test_the_language_is_switched_without_signing_in_and_the_query_stays(client, db):
    here = "/angebote-finden/?plz=41061&offen=on"
    page = client.get(here).content.decode()
    assert 'name="next" value="/angebote-finden/?plz=41061&amp;offen=on"' in page
    response = client.post("/sprache/", {"language": "en", "next": here})
    assert response.headers["Location"] == here
    assert "Find offers" in client.get(here).content.decode()
    assert "Imprint" in client.get(reverse("public:imprint")).content.decode()
