"""Where a figure comes from, and what may be typed into its address."""

from copy import deepcopy
from datetime import date
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.council.summary import origins
from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from tests import make

pytestmark = pytest.mark.django_db
FRAME = Frame(date(2016, 12, 1), date(2016, 10, 1), date(2016, 12, 31))


@pytest.fixture
def reader(client):
    client.force_login(make.user("council"))
    return client


@pytest.fixture
def district():
    return make.district(name="Eicken", parent=make.borough(name="Nord"))


@pytest.fixture
def content(district):
    worker = make.worker()
    for refugees, others in ((200, 4), (100, 4), (100, 4)):
        make.activity(refugees, others, worker=worker, district=district)
    make.activity(3, 3, worker=worker, district=district, day=date(2016, 8, 1))
    return compose(FRAME)


def opened(reader, release, key):
    return reader.get(
        reverse("summary:figure_detail", args=[release.pk, "-"])[:-2] + quote(key) + "/"
    )


def test_it_answers_since_when_from_what_and_compared_to_what(reader, content, district):
    release = make.release(content, title="Ratsbericht Winter")
    html = opened(reader, release, f"teilnehmende.stadtteil-{district.pk}").content.decode()
    for words in (
        "Teilnehmende, Eicken",
        "<strong>412</strong>",
        content["measures"]["teilnehmende"]["definition"],
        content["measures"]["teilnehmende"]["query"],
        "4. Quartal 2016",
        "01.12.2016",
        "Im Zeitraum davor",
        "(3. Quartal 2016)",
        "Fassung 1",
        release.digest,
        "von der Koordination",
    ):
        assert words in html
    assert release.released_by.name not in html


def test_the_rows_counted_are_told(content, district):
    origin = origins.of(Content(content), f"teilnehmende.stadtteil-{district.pk}")
    assert origin.rows == "3"
    counted = deepcopy(content)
    counted["rows"] |= {"teilnehmende": 7}
    assert origins.of(Content(counted), f"teilnehmende.stadtteil-{district.pk}").rows == "7"


def test_of_a_hidden_figure_neither_value_nor_rows_are_told(reader, district):
    make.activity(1, 0, district=district)
    content = compose(FRAME)
    hidden = content["hidden"][0]
    content["rows"][hidden] = 4711
    html = opened(reader, make.release(content), hidden).content.decode()
    assert "<strong>*</strong>" in html
    assert "4711" not in html
    assert "Diese Zahl wird geheim gehalten" in html


def test_the_same_figure_in_other_reports_is_one_query(reader, content, district):
    key = f"teilnehmende.stadtteil-{district.pk}"
    first = make.release(content, title="Früher")
    for value in (408, None):
        changed = deepcopy(content)
        changed["figures"].pop(key)
        if value is None:
            changed["hidden"].append(key)
        else:
            changed["figures"][key] = value
        make.release(changed, title=f"Später {value}")
    without = deepcopy(content)
    without["figures"].pop(key)
    make.release(without, title="Ohne sie")
    with CaptureQueriesContext(connection) as queries:
        html = opened(reader, first, key).content.decode()
    assert len(queries) <= 6
    for words in ("Später 408", ">408</a>", "Später None", ">*</a>"):
        assert words in html
    assert "Ohne sie" not in html


def test_amounts_of_other_reports_are_written_as_amounts(reader, content):
    content["figures"]["frei.stadt"] = "7415.05"
    content["measures"]["frei"] = {**content["measures"]["teilnehmende"], "unit": "euro"}
    release, _other = make.release(content), make.release(content)
    assert opened(reader, release, "frei.stadt").content.decode().count("7.415,05\xa0€") == 2


def test_a_period_before_is_compared_with_the_same_days(reader, content):
    earlier = deepcopy(content)
    earlier["figures"] |= {"teilnehmende.stadt": 11, "teilnehmende.stadt@1": 12}
    report = make.council_report(
        title="Sommer", starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30)
    )
    before = make.release(earlier, report=report)
    same = make.release(deepcopy(content), title="Noch einer")
    release = make.release(content)
    html = opened(reader, release, "teilnehmende.stadt@1").content.decode()
    assert f'/rat/{before.pk}/zahl/teilnehmende.stadt/">11</a>' in html
    assert f"/rat/{same.pk}/zahl/teilnehmende.stadt@1/" in html
    assert html.count("01.07.2016–30.09.2016") == 2
    assert ">12</a>" not in html


def test_a_number_has_its_unit_once_and_rows_their_dots(content):
    found = {}
    content["rows"]["teilnehmende"] = 1058
    for name, value in (("frei", "7415.05"), ("anteil_ohne", "73.0"), ("teilnehmende", 6004)):
        unit = {"frei": "euro", "anteil_ohne": "percent"}.get(name, "count")
        content["measures"][name] = {**content["measures"]["teilnehmende"], "unit": unit}
        content["figures"][f"{name}.stadt"] = value
        found[name] = origins.of(Content(content), f"{name}.stadt")
    assert {origin.unit for origin in found.values()} == {""}
    assert found["teilnehmende"].rows == "1.058"


@pytest.mark.parametrize(
    "key",
    [
        "teilnehmende",
        "teilnehmende.stadt@8",
        "teilnehmende.stadt@",
        "teilnehmende.stadt@x",
        "teilnehmende.stadt@-1",
        "Teilnehmende.stadt",
        "teilnehmende.stadt ",
        ".",
        "@",
        "__class__",
        "measures",
        "teilnehmende.stadt'--",
        '"$.figures"',
        "teilnehmende.stadt\u202e",
        "😀",
        "x" * 5_000,
    ],
)
def test_what_is_no_figure_is_not_found(reader, content, key):
    assert opened(reader, make.release(content), key).status_code in (404, 414, 400)


def test_a_figure_without_its_words_is_not_found(content):
    content["measures"].pop("teilnehmende")
    assert origins.of(Content(content), "teilnehmende.stadt") is None
