"""A sent answer as the council reads it, this year and in ten."""

import pytest
from django.urls import reverse

from coordination.council.summary.forms_questions import a_year_on
from tests import make


def url(answer, **query):
    return reverse("summary:answer_detail", args=[answer.pk], query=query)


@pytest.fixture
def council(client, cast):
    client.force_login(cast.people["council"])
    return client


def test_it_says_what_was_asked_by_whom_and_what_was_answered(council, cast):
    answer = make.answer(question="Wie viele?\nUnd was kosten sie?", asked_by="Fraktion B")
    page = council.get(url(answer)).content.decode()
    for text in ("Wie viele?<br>Und was kosten sie?", "Fraktion B", answer.digest, "1,00"):
        assert text in page
    assert "So wurde gezählt" in page


def test_it_stays_as_it_was_when_the_figures_change(council, cast):
    answer = make.answer()
    before = council.get(url(answer)).context["answered"]
    make.position(agency=cast.agency, title="Noch eine")
    cast.agency.name = "Heißt jetzt anders"
    cast.agency.save()
    assert council.get(url(answer)).context["answered"] == before


def test_the_council_is_neither_told_who_sent_it_nor_led_to_what_is_not_sent(council, cast):
    answer = make.answer(sent_by=make.user("coordination", name="Gerda Muster"))
    page = council.get(url(answer)).content.decode()
    assert "Gerda Muster" not in page
    assert "von der Koordination" in page
    assert "anfragen-rat/stellen" not in page
    council.force_login(cast.people["audit"])
    page = council.get(url(answer)).content.decode()
    assert "Gerda Muster" in page
    assert "Ein Jahr später erneut rechnen" in page


def test_it_can_be_computed_again_a_year_on(council, cast):
    answer = make.answer(parameters={"stichtag": "2016-12-01"})
    council.force_login(cast.people["coordination"])
    again = council.get(url(answer)).context["again"]
    response = council.get(again)
    assert response.context["form"].kept == {"stichtag": "2017-12-01"}
    assert response.context["older"] == answer


def test_a_year_on_a_quarter_stays_a_quarter():
    assert a_year_on({"von": "2015-12-01", "bis": "2015-02-28", "bezirk": "3"}) == {
        "von": "2016-12-01",
        "bis": "2016-02-29",
        "bezirk": "3",
    }
    assert a_year_on({"stichtag": "2016-02-29"}) == {"stichtag": "2017-02-28"}
    assert a_year_on({"jahr_von": 2016, "jahr_bis": 2199}) == {"jahr_von": 2017, "jahr_bis": 2199}
    assert a_year_on({"stichtag": "2199-12-31"}) == {"stichtag": "2199-12-31"}


def test_its_tables_are_files_for_the_council_too(council, cast):
    answer = make.answer(parameters={"stichtag": "2016-12-01"})
    text = council.get(url(answer, format="csv")).content.decode()
    assert "VZÄ gefördert" in text
    assert "AWO" in text or cast.agency.name in text
    response = council.get(url(answer, format="xlsx", tabelle="stellen"))
    assert "2016-12-01.xlsx" in response.headers["Content-Disposition"]
    assert council.get(url(answer, format="csv", tabelle="xyz")).status_code == 404


def test_an_answer_of_a_pattern_that_is_no_more_stays_readable(council, cast):
    answer = make.answer()
    gone = make.answer(content=answer.content, sent_by=answer.sent_by)
    type(gone).objects.create(
        **{
            field.name: getattr(gone, field.name)
            for field in gone._meta.concrete_fields
            if field.name not in ("id", "number", "form_id", "pattern")
        },
        number=99,
        pattern="abgeschafft",
    )
    council.force_login(cast.people["coordination"])
    response = council.get(url(type(gone).objects.get(number=99)))
    assert response.status_code == 200
    assert response.context["again"] == ""


def test_reading_costs_few_queries(council, django_assert_max_num_queries):
    answer = make.answer("kontakte", sent_by=make.user("coordination"))
    with django_assert_max_num_queries(6):
        council.get(url(answer))
