"""The frame round every page: navigation, forms, messages, error pages, weight."""

import re
from datetime import date
from pathlib import Path

import brotli
import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject

from coordination import errors
from coordination.forms import DayField, ReasonField
from coordination.navigation import SECTIONS, section_of
from tests.test_permissions import ROWS

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


class Example(forms.Form):
    name = forms.CharField(label="Name", help_text="Vor- und Nachname")
    day = DayField(label="Tag")
    share = forms.IntegerField(label="Anteil", min_value=1, max_value=100)
    role = forms.ChoiceField(label="Rolle", choices=[("a", "A"), ("b", "B")])
    kind = forms.ChoiceField(
        label="Art", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False
    )
    sure = forms.BooleanField(label="Sicher", required=False)
    reason = ReasonField(required=False)

    def clean(self):
        if self.data.get("name") == "Streit":
            raise forms.ValidationError("Das passt nicht zusammen.")


RIGHT = {"name": "Eicken", "day": "31.03.2018", "share": "10", "role": "a"}


def field(html, name):
    return re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', html)[0]


class TestDays:
    @pytest.mark.parametrize("typed", ["31.03.2018", "2018-03-31", " 31.3.2018 "])
    def test_both_spellings_are_understood(self, typed):
        assert DayField().clean(typed) == date(2018, 3, 31)

    @pytest.mark.parametrize(
        "typed", ["31.02.2016", "morgen", "2018-03-31abc", "31.03.18", "0000-00-00", "01.01.2200"]
    )
    def test_what_is_no_day_is_refused_with_what_was_typed(self, typed):
        with pytest.raises(forms.ValidationError, match=f"„{typed}“ ist kein Datum"):
            DayField().clean(typed)

    def test_what_is_no_day_stays_in_the_form(self):
        shown = field(str(Example(RIGHT | {"day": "31.02.2016"})), "day")
        assert 'type="text"' in shown
        assert 'value="31.02.2016"' in shown

    @pytest.mark.parametrize("typed", ["31.03.2018", "2018-03-31"])
    def test_a_day_is_shown_in_the_calendar(self, typed):
        shown = field(str(Example(RIGHT | {"day": typed})), "day")
        assert 'type="date"' in shown
        assert 'value="2018-03-31"' in shown

    def test_a_day_from_the_database_is_shown_in_the_calendar(self):
        shown = field(str(Example(initial={"day": date(2018, 3, 31)})), "day")
        assert 'type="date"' in shown
        assert 'value="2018-03-31"' in shown


class TestForms:
    def test_a_right_form_shows_no_error(self):
        html = str(Example(RIGHT))
        assert "error" not in html
        assert "autofocus" not in html
        assert "aria-invalid" not in html

    def test_an_error_stands_at_its_field_and_in_the_summary(self):
        html = str(Example(RIGHT | {"share": "101"}))
        assert 'aria-invalid="true"' in field(html, "share")
        assert 'aria-describedby="id_share_error"' in field(html, "share")
        assert 'id="id_share_error"' in html
        assert 'href="#id_share"' in html
        assert 'role="alert"' in html

    def test_hint_and_error_both_describe_the_field(self):
        html = str(Example(RIGHT | {"name": ""}))
        assert 'aria-describedby="id_name_helptext id_name_error"' in field(html, "name")
        assert 'id="id_name_helptext"' in html

    def test_only_the_first_wrong_field_has_the_focus(self):
        html = str(Example(RIGHT | {"day": "", "share": "0"}))
        assert "autofocus" in field(html, "day")
        assert html.count("autofocus") == 1

    def test_a_wrong_choice_has_the_focus_as_a_whole(self):
        html = str(Example(RIGHT | {"kind": "c"}))
        assert re.findall(r"<fieldset[^>]* autofocus", html)
        assert html.count("autofocus") == 1

    def test_a_number_that_is_none_stays_in_the_form(self):
        shown = field(str(Example(RIGHT | {"share": "viel"})), "share")
        assert 'type="text"' in shown
        assert 'value="viel"' in shown
        assert 'type="number"' in field(str(Example(RIGHT | {"share": "101"})), "share")

    def test_an_error_of_the_whole_form_stands_in_the_summary(self):
        assert "<li>Das passt nicht zusammen.</li>" in str(Example(RIGHT | {"name": "Streit"}))

    def test_widgets_wear_their_kern_class(self):
        html = str(Example())
        assert 'class="kern-form-input__input"' in field(html, "name")
        assert 'class="kern-form-input__select"' in field(html, "role")
        assert 'class="kern-form-check__radio"' in field(html, "kind")
        assert 'class="kern-form-check__checkbox"' in field(html, "sure")
        assert 'class="kern-form-input__input"' in field(html, "reason")

    def test_typed_markup_stays_text(self):
        html = str(Example(RIGHT | {"day": "<b>", "name": '"><script>'}))
        assert "<b>" not in html
        assert "<script>" not in html


class TestNavigation:
    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section[0])
    def test_a_section_is_offered_for_the_permission_its_page_asks_for(self, section):
        page, _label, perm, _pages = section
        assert resolve(reverse(page)).func.requires == perm

    def test_every_page_of_an_app_belongs_to_a_section(self):
        everybodys = "public:"  # but for those the coordination writes
        pages = [page for page, *_ in ROWS if ":" in page and not page.startswith(everybodys)]
        assert len(pages) > 20
        assert [page for page in pages if section_of(page) is None] == []

    @pytest.mark.parametrize(
        ("page", "section"),
        [
            ("overview:start", "overview:start"),
            ("agencies:position_edit", "agencies:position_list"),
            ("agencies:position_timeline", "agencies:coverage_board"),
            ("agencies:occupancy_end", "agencies:position_list"),
            ("agencies:assignment_end", "agencies:coverage_board"),
            ("districts:district_edit", "agencies:district_list"),
            ("mfa_index", None),
        ],
    )
    def test_the_longest_beginning_decides(self, page, section):
        assert section_of(page) == section

    @pytest.mark.parametrize(
        ("who", "labels"),
        [
            (
                "coordination",
                "Übersicht Ratsbericht Einsatzplan Tätigkeiten Quartiersspiegel Berichte Anträge"
                " Anfragen_des_Rats Angebote Ehrenamtliche Fragen Stadtteile Verbände Stellen"
                " Fachkräfte Haushalt Rechtliche_Seiten Konten Löschfristen Änderungsprotokoll",
            ),
            (
                "council",
                "Übersicht Ratsbericht Anträge Anfragen_des_Rats Angebote Stadtteile Verbände",
            ),
            ("lead", None),
            ("stranger", ""),
        ],
    )
    def test_each_role_is_offered_what_it_may_open(self, client, cast, who, labels):
        client.force_login(cast.people[who])
        html = client.get("/").content.decode()
        offered = re.findall(r'<nav class="navigation".*?</nav>', html, re.S)
        shown = re.findall(r"<a[^>]*>([^<]*)</a>", offered[0]) if offered else []
        if labels is not None:
            assert shown == [label.replace("_", " ") for label in labels.split()]
        for url in re.findall(r'href="([^"]*)"', "".join(offered)):
            assert client.get(url, follow=True).status_code == 200

    def test_the_section_one_is_in_is_marked(self, client, cast):
        client.force_login(cast.people["coordination"])
        html = client.get(reverse("agencies:position_detail", args=[cast.position.pk]))
        marked = re.findall(r'<a[^>]*aria-current="true"[^>]*>([^<]*)</a>', html.content.decode())
        assert set(marked) == {"Stellen"}


class TestFrame:
    def test_the_title_names_page_portal_and_city(self, client, cast):
        client.force_login(cast.people["lead"])
        html = client.get("/").content.decode()
        assert "<title>Übersicht – Quartiersportal Musterstadt</title>" in html
        assert '<html lang="de">' in html

    def test_the_language_can_be_changed(self, client, cast):
        client.force_login(cast.people["lead"])
        client.post(reverse("set_language"), {"language": "en", "next": "/"})
        html = client.get("/").content.decode()
        assert '<html lang="en">' in html
        assert "<h1" in html
        assert "Overview" in html

    def test_only_the_demo_says_that_its_data_are_samples(self, client, settings):
        url = reverse("account_login")
        assert "Beispieldaten" not in client.get(url).content.decode()
        settings.DEMO = True
        html = client.get(url).content.decode()
        assert "Beispieldaten" in html
        assert "01.12.2016" in html

    def test_the_sample_sentence_names_the_day_of_the_demo(self):
        source = Path(settings.BASE_DIR, "coordination", "settings.py").read_text()
        assert "PORTAL_DAY = date(2016, 12, 1) if DEMO" in source

    def test_links_of_the_navigation_keep_the_day(self, client, cast):
        client.force_login(cast.people["lead"])
        html = client.get("/?stichtag=2017-05-01").content.decode()
        assert f'href="{reverse("agencies:district_list")}?stichtag=2017-05-01"' in html

    def test_a_wrong_day_is_said_in_an_alert(self, client, cast):
        client.force_login(cast.people["lead"])
        html = client.get("/?stichtag=31.02.2016").content.decode()
        assert 'class="kern-alert kern-alert--danger notice" role="alert"' in html
        assert "„31.02.2016“ ist kein Datum" in html

    def test_the_first_view_weighs_little(self, client):
        """All of a first page but its fonts, compressed: at most 120 kB."""
        html = client.get(reverse("account_login")).content.decode()
        files = re.findall(r'(?:href|src)="/static/([^"]*\.(?:css|js|svg))"', html)
        assert len(files) >= 5
        weights = {
            name: len(brotli.compress(Path(finders.find(name)).read_bytes())) for name in files
        }
        total = sum(weights.values()) + len(brotli.compress(html.encode()))
        assert total <= 120_000, weights


def bare_request():
    """As an error page may get it: no session, no user, no actor, no database."""
    request = RequestFactory().get("/gibt-es-nicht/")
    request.resolver_match = None
    return request


class TestErrorPages:
    """None of these tests may touch the database."""

    @pytest.mark.parametrize(
        ("handler", "status", "advice"),
        [
            (errors.bad_request, 400, "Gehen Sie zurück"),
            (errors.forbidden, 403, "wenden Sie sich an die Koordination"),
            (errors.csrf_failure, 403, "senden Sie das Formular noch einmal"),
            (errors.not_found, 404, "beginnen Sie bei der Übersicht"),
        ],
    )
    def test_it_says_what_to_do_next(self, handler, status, advice):
        response = handler(bare_request(), Exception("geheim"))
        assert response.status_code == status
        assert advice in response.content.decode()
        assert "geheim" not in response.content.decode()

    def test_a_lost_database_does_not_spoil_it(self):
        def lost():
            raise OperationalError("away")

        request = bare_request()
        request.user = SimpleLazyObject(lost)
        request.actor = SimpleLazyObject(lost)
        html = errors.not_found(request, Exception()).content.decode()
        assert "Hier ist nichts" in html

    def test_too_many_attempts_say_how_long_to_wait(self):
        html = errors.render(bare_request(), "429.html").content.decode()
        assert "Warten Sie fünf Minuten" in html

    @pytest.mark.parametrize(
        ("template", "advice"),
        [("500.html", "prüfen Sie, ob Ihre Eingabe"), ("503.html", "laden Sie die Seite neu")],
    )
    def test_the_worst_ones_stand_alone(self, template, advice):
        response = errors.standalone(template, status=500)
        assert advice in response.content.decode()
        assert "<form" not in response.content.decode()

    def test_the_role_less_learn_that_they_have_no_role(self, client, cast):
        client.force_login(cast.people["stranger"])
        response = client.get("/")
        assert response.status_code == 403
        assert "noch keine Rolle" in response.content.decode()


class TestARefusedForm:
    """After signing in elsewhere a form's token is stale. What was typed is still worth keeping."""

    @pytest.fixture
    def strict(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.people["coordination"])
        return client

    def send(self, client, origin, **typed):
        url = reverse("agencies:agency_create")
        return client.post(url, {"name": "Getipptes", **typed}, headers={"origin": origin})

    def test_what_was_typed_can_be_sent_once_more(self, strict):
        response = self.send(strict, "http://testserver", csrfmiddlewaretoken="x" * 64)
        html = response.content.decode()
        assert response.status_code == 403
        assert '<input type="hidden" name="name" value="Getipptes">' in html
        fields = dict(re.findall(r'type="hidden" name="(name|csrf\w+)" value="([^"]*)"', html))
        again = self.send(strict, "http://testserver", **fields)
        assert again.status_code == 200
        assert "Getipptes" in again.content.decode()

    def test_what_another_site_sent_is_not_offered(self, strict):
        html = self.send(strict, "https://boese.example").content.decode()
        assert "Getipptes" not in html

    def test_a_password_is_not_written_into_the_page(self, strict):
        html = self.send(strict, "http://testserver", password="hoch-geheim").content.decode()
        assert "hoch-geheim" not in html
        assert "Getipptes" not in html


INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(?:\ssrc=|type=\"application/json\"))"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_script_or_style_into_the_page(path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "<style>",
        '<p style="x">',
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<script>",
        "<script async>",
    ],
)
def test_the_test_above_would_notice(text):
    assert INLINE.search(text)


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.name.startswith("_")], ids=lambda path: path.name
)
def test_a_partial_says_what_it_takes(path):
    if "django/forms" not in path.as_posix():
        assert path.read_text().startswith("{#")
