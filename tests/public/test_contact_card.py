import re
from io import BytesIO

from django.conf import settings as configured
from django.core.cache import caches
from django.urls import reverse
from pypdf import PdfReader

from coordination import pdf
from coordination.public.cards import qr_code
from coordination.public.views import finder
from tests import make
from tests.public.conftest import DAY


def url_of(name, town):
    return reverse(f"public:{name}", args=[town.eicken.pk])


def modules(page):
    """The dark modules of the code on the page, drawn again from its path."""
    size = int(re.search(r'class="card__qr" viewBox="0 0 (\d+) ', page)[1])
    path = re.search(r'fill="#000000" d="([^"]+)"', page)[1]
    dark = [[False] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(width)):
            dark[int(y)][column] = True
    return dark


def test_the_card_names_lead_and_deputy_whoever_is_away_today(client, town):
    worker = town.worker()
    town.responsible(worker=worker)
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    make.absence(worker=worker, starts_on=DAY, ends_on=DAY)
    page = client.get(url_of("contact_card", town)).content.decode()
    assert page.index("Miriam Sandvoß") < page.index("Bernd Kallenbach")
    assert "vertritt" not in page
    assert "Mo und Mi 9:00–12:00" in page


def test_the_code_holds_the_address_of_the_page(client, town, settings):
    settings.PORTAL_URL = "https://portal.example.org"
    page = client.get(url_of("contact_card", town)).content.decode()
    address = f"https://portal.example.org{url_of('contact_detail', town)}"
    assert address in page
    dark = modules(page)
    import qrcode

    code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(address)
    assert dark == code.get_matrix()
    assert "style=" not in page


def test_the_code_is_as_large_as_its_modules():
    code = qr_code("https://portal.example.org/ansprechpartner/7/")
    assert 21 + 8 <= code.size <= 45
    assert code.path.startswith("M4 4h7")


def test_the_pdf_is_one_page_of_a5_with_the_same_names(client, town, pango):
    for number in range(3):
        codes = ["41061", "41063", "41061"][number]
        town.responsible(codes, worker=town.worker(name=f"Person {number}"), share=10)
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    response = client.get(url_of("contact_card_pdf", town))
    assert response.headers["Content-Type"] == "application/pdf"
    assert "ansprechperson-eicken-2016-12-01.pdf" in response.headers["Content-Disposition"]
    (page,) = PdfReader(BytesIO(response.content)).pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [420, 595]
    said = page.extract_text()
    names = ("Person 0", "Person 2", "Bernd Kallenbach", "Ansprechperson für Eicken")
    for whole in (*names, "02161 000-101"):  # not cut by a narrow column
        assert whole in said


def test_who_waits_too_long_for_a_card_is_told_when_to_come_again(client, town, pango, monkeypatch):
    """Four visitors who wait would be all the threads of a process."""
    caches["cards"].clear()
    monkeypatch.setattr(finder, "PATIENCE", 0.01)
    with pdf.ONE_AT_A_TIME:
        response = client.get(url_of("contact_card_pdf", town))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "public" not in response.headers.get("Cache-Control", "")
    assert client.get(url_of("contact_card_pdf", town)).status_code == 200
    with pdf.ONE_AT_A_TIME:  # kept by now: nobody has to wait
        assert client.get(url_of("contact_card_pdf", town)).status_code == 200


def test_cards_push_no_report_out_of_its_cache(client, town, pango):
    caches["renderings"].clear()
    client.get(url_of("contact_card_pdf", town))
    assert not caches["renderings"]._cache


def test_there_is_room_for_the_cards_of_a_city():
    """Forty-four districts, two languages, some postal codes each."""
    assert configured.CACHES["cards"]["OPTIONS"]["MAX_ENTRIES"] >= 44 * 2 * 4


def test_the_template_of_the_proxy_limits_who_asks_for_cards():
    text = (configured.BASE_DIR / "deploy" / "nginx.conf").read_text()
    places = re.findall(r"location ~ (\S+) \{([^}]*)\}", text)
    path = reverse("public:contact_card_pdf", args=[7])
    (block,) = [block for pattern, block in places if re.search(pattern, path)]
    assert "limit_req zone=cards" in block
    assert "zone=cards:" in text
