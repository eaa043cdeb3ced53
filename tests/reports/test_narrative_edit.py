from datetime import date

import pytest
from django.urls import reverse

from agencies.activity.models import ReportingPeriod
from agencies.reports import narratives
from agencies.reports.models import Narrative
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["worker"])
    return reverse("reports:narrative_edit", args=[cast.open_period.pk])


def typed(client, url, **changed):
    """The form as the browser has it, with what was typed."""
    form = client.get(url).context["form"]
    names = ["seen", *Narrative.BLOCKS]
    return {name: form[name].value() or "" for name in names} | changed


def text(response):
    return response.content.decode()


def test_what_is_saved_reads_with_its_figures(client, cast, url):
    response = client.post(url, typed(client, url, overview="{teilnehmende} kamen."), follow=True)
    assert Narrative.objects.get(period=cast.open_period).overview == "{teilnehmende} kamen."
    assert "Der Text wurde als Entwurf gespeichert." in text(response)
    assert ">5</a> kamen." in text(response)


def test_figures_lead_to_their_entries(client, cast, url):
    page = text(client.post(url, typed(client, url, overview="{art:Beratung}"), follow=True))
    link = f"/taetigkeiten/?verband={cast.agency.pk}&amp;von=2016-10-01&amp;bis=2016-12-31"
    assert f'{link}&amp;art={cast.kind.pk}" title="Beratung">1</a>' in page


def test_the_figures_of_the_log_stand_beside_the_text(client, url):
    page = text(client.get(url))
    for name in ("{taetigkeiten}", "{anteil_ohne_fluchthintergrund}", "{zielgruppe:Geflüchtete}"):
        assert f'data-placeholder="{name}"' in page
    assert "40,0\N{NO-BREAK SPACE}%" in page


def test_typed_markup_is_text(client, url):
    evil = "<script>alert(1)</script>{<b>x}"
    page = text(client.post(url, typed(client, url, overview=evil), follow=True))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<mark>{&lt;b&gt;x}</mark>" not in page  # a name begins with a letter


def test_an_unknown_name_is_marked_and_saved(client, cast, url):
    page = text(client.post(url, typed(client, url, needs="Es gab {stundn}."), follow=True))
    assert "<mark>{stundn}</mark>" in page
    assert "Vielleicht gemeint: {stunden}" in page
    assert narratives.of(cast.open_period).needs == "Es gab {stundn}."


def test_a_preview_saves_nothing(client, url):
    page = text(client.post(url, typed(client, url, overview="{stunden} h", aktion="vorschau")))
    assert ">1,0</a> h" in page
    assert "Diese Vorschau ist noch nicht gespeichert." in page
    assert "{stunden} h</textarea>" in page
    assert not Narrative.objects.exists()


def test_a_preview_does_not_hide_what_somebody_else_saved(client, cast, url):
    mine = typed(client, url, overview="Meins")
    narratives.write(cast.open_period, overview="Deins", by=None)
    preview = client.post(url, mine | {"aktion": "vorschau"})
    response = client.post(url, mine | {"seen": preview.context["form"]["seen"].value()})
    assert "Deins" in str(response.context["form"].non_field_errors())
    assert narratives.of(cast.open_period).overview == "Deins"


def test_empty_parts_are_filled_from_the_last_report_and_not_saved(client, cast, url):
    earlier = ReportingPeriod.objects.get(pk=cast.sent_back_period.pk)
    Narrative.objects.create(period=earlier, overview="Alt {stunden}", needs="Räume fehlen.")
    Narrative.objects.create(period=make.period(), overview="Anderer Verband")
    response = client.post(url, typed(client, url, overview="Neu", aktion="uebernehmen"))
    form = response.context["form"]
    assert [form[name].value() for name in ("overview", "needs")] == ["Neu", "Räume fehlen."]
    assert "Text aus 3. Quartal 2016" in text(response)
    assert not Narrative.objects.filter(period=cast.open_period).exists()


def test_what_looks_like_a_case_is_asked_about_once(client, cast, url):
    case = typed(client, url, overview="Frau Haddad, geb. 3.4.1998, zog um.")
    response = client.post(url, case)
    assert "sieht nach einem Einzelfall aus" in text(response)
    assert not Narrative.objects.exists()
    form = response.context["form"]
    ticked = case | {"asked": form["asked"].value(), "is_insisted": "on"}
    assert client.post(url, ticked).status_code == 302
    assert Entry.objects.about(Narrative.objects.get()).get().reason.startswith("Trotz")
    # What was saved is not asked about again.
    assert client.post(url, typed(client, url, focus="Alles gut.")).status_code == 302


def test_a_tick_does_not_allow_another_case(client, url):
    case = typed(client, url, overview="Frau Haddad, geb. 3.4.1998, zog um.")
    asked = client.post(url, case).context["form"]["asked"].value()
    other = case | {"overview": "Tel. 0176 1234567", "asked": asked, "is_insisted": "on"}
    assert "sieht nach einem Einzelfall aus" in text(client.post(url, other))
    assert not Narrative.objects.exists()


def test_two_who_write_at_once_lose_nothing(client, cast, url):
    mine = typed(client, url, focus="Meins")
    narratives.write(cast.open_period, focus="Deins", by=cast.people["lead"])
    response = client.post(url, mine)
    assert "Deins" in str(response.context["form"].non_field_errors())
    assert "Meins</textarea>" in text(response)
    assert narratives.of(cast.open_period).focus == "Deins"


def test_too_long_a_block_is_said_at_the_field_and_kept(client, url):
    response = client.post(url, typed(client, url, focus="x" * 4_001))
    assert "focus" in response.context["form"].errors
    assert "x" * 4_001 in text(response)


def test_ends_of_lines_count_once(client, cast, url):
    lines = "\r\n".join(["ab"] * 1_333)
    assert client.post(url, typed(client, url, focus=lines)).status_code == 302
    assert len(narratives.of(cast.open_period).focus) == 3_998


def test_the_text_of_what_is_handed_in_is_not_offered(client, cast):
    client.force_login(cast.people["lead"])
    url = reverse("reports:narrative_edit", args=[cast.submitted_period.pk])
    for response in (client.get(url), client.post(url, {"overview": "Neu"})):
        assert response.headers["Location"] == reverse(
            "reports:period_detail", args=[cast.submitted_period.pk]
        )
    assert not Narrative.objects.exists()


def test_a_report_that_was_sent_back_is_written_on(client, cast):
    client.force_login(cast.people["worker"])
    url = reverse("reports:narrative_edit", args=[cast.sent_back_period.pk])
    assert client.post(url, typed(client, url, overview="Neu")).status_code == 302


def test_only_who_may_submit_is_led_there(client, cast, url):
    assert "Prüfen und einreichen" not in text(client.get(url))
    client.force_login(cast.people["lead"])
    assert "Prüfen und einreichen" in text(client.get(url))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_was_logged(
    client, cast, url, rows, django_assert_max_num_queries
):
    narratives.write(cast.open_period, overview="{art:Beratung} " * rows, by=None)
    for number in range(rows):
        make.activity(1, worker=cast.worker, kind=make.kind(), day=date(2016, 10, 1 + number))
    with django_assert_max_num_queries(12):
        client.get(url)
