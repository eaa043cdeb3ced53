"""The sample city's own imprint, and what somebody reported about the portal."""

from coordination.access.models import User
from coordination.public import feedbacks, legal_texts
from coordination.public.models import LegalText

IMPRINT = """## Beispielstadt im Quartiersportal

Dies ist eine Vorführung mit erfundenen Personen. Angaben nach § 5 des Digitale-Dienste-Gesetzes:

**Beispielstadt, Der Oberbürgermeister**
Fachbereich Soziales und Wohnen
Musterplatz 1
41000 Beispielstadt

## Kontakt

- Telefon: 02161 000-0
- E-Mail: [quartiersportal@example.org](mailto:quartiersportal@example.org)

Vertreten durch den Oberbürgermeister, Dr. Theo Rabenhorst.

## Verantwortlich für den Inhalt

Nach § 18 Absatz 2 MStV: Helene Marquardt, Anschrift wie oben.

Für Angebote und Sprechzeiten ist der jeweils genannte Verband verantwortlich.
"""
REPORTS = [
    (
        "Mit dem Vorleseprogramm finde ich im Kalender nicht heraus, welcher Tag gerade vorgelesen "
        "wird.",
        "/angebote-finden/kalender/",
        "",
    ),
    ("Die Telefonnummer ist auf meinem Handy zu klein zum Antippen.", "Ansprechperson finden", ""),
]


def build(coordinator: User) -> None:
    imprint = legal_texts.find(LegalText.Page.IMPRINT, "de")
    legal_texts.write(imprint, text=IMPRINT, by=coordinator)
    reports = [feedbacks.send(text=text, page=page, email=email) for text, page, email in REPORTS]
    feedbacks.finish(reports[0], by=coordinator)
