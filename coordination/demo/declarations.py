"""What the sample city's volunteers signed, and the certificates of conduct that were seen."""

from datetime import date
from itertools import cycle

from coordination.access.models import User
from volunteers import certificates, declarations
from volunteers.models import DeclarationText, Volunteer

KIND = DeclarationText.Kind
CONFIDENTIALITY = """Was ich über Menschen erfahre, denen ich helfe, behalte ich für mich: Namen, \
Herkunft, Gesundheit, Aufenthalt, Familie und alles, was sie mir anvertrauen.

Ich gebe es auch an Freundinnen, Freunde und Familie nicht weiter und schreibe nichts davon in \
soziale Netzwerke. Fotos mache ich nur, wenn die Menschen darauf zugestimmt haben.

Die Pflicht zur Verschwiegenheit endet nicht mit meinem Ehrenamt. Bin ich unsicher, frage ich \
meine Ansprechperson."""
ADDED = """

Neu in dieser Fassung: Auch in Messenger-Gruppen nenne ich keine Namen. Adressen und \
Telefonnummern der Menschen, denen ich helfe, lösche ich, sobald ich sie nicht mehr brauche."""
PRIVACY = """Ich bin damit einverstanden, dass die Stadt und der Verband, der mich betreut, meinen \
Namen, meine E-Mail-Adresse oder Telefonnummer, meine Sprachen und Interessen und die Stadtteile, \
in denen ich helfe, speichern, um mein Ehrenamt zu begleiten.

Die Angaben werden zwölf Monate nach dem Ende meines Ehrenamts gelöscht. Ich kann jederzeit \
Auskunft verlangen und meine Einwilligung für die Zukunft widerrufen."""
CONDUCT = """Ich begegne den Menschen, denen ich helfe, mit Achtung, gleich welcher Herkunft, \
Religion, Hautfarbe, Sprache, welchen Geschlechts oder Alters sie sind.

Ich wahre Abstand: kein Geld leihen oder nehmen, keine privaten Geschäfte, keine Mission, keine \
politische Werbung. Kinder und Jugendliche begleite ich nie allein in geschlossenen Räumen.

Sehe ich, dass jemand in Gefahr ist, wende ich mich sofort an meine Ansprechperson."""
SINCE = date(2016, 4, 1)
RENEWED = date(2016, 10, 1)
SIGNED_AGAIN = date(2016, 10, 12)
# issued, inspected: the first is overdue on the sample's day, the second due in seven weeks
SEEN = [
    (date(2011, 11, 3), date(2011, 11, 21)),
    (date(2012, 1, 20), date(2012, 2, 6)),
    (date(2016, 3, 14), date(2016, 4, 4)),
    (date(2016, 5, 2), date(2016, 5, 30)),
    (date(2016, 8, 29), date(2016, 9, 13)),
]
EVERY = 4  # volunteer works with children, and showed a certificate


def build(by: User) -> None:
    write = declarations.write
    old = write(kind=KIND.CONFIDENTIALITY, starts_on=SINCE, text=CONFIDENTIALITY, by=by)
    new = write(kind=KIND.CONFIDENTIALITY, starts_on=RENEWED, text=CONFIDENTIALITY + ADDED, by=by)
    privacy = write(kind=KIND.PRIVACY, starts_on=SINCE, text=PRIVACY, by=by)
    conduct = write(kind=KIND.CONDUCT, starts_on=SINCE, text=CONDUCT, by=by)
    began = Volunteer.objects.filter(starts_on__lte=SIGNED_AGAIN)
    helping = [row for row in began.order_by("pk") if row.ends_on is None]
    for number, volunteer in enumerate(helping):
        day = max(volunteer.starts_on, SINCE)
        if number % 11 == 7:
            continue  # signed nothing yet
        if number % 7 != 3:
            declarations.sign(volunteer, texts=[privacy, conduct], signed_on=day, by=by)
        else:
            declarations.sign(volunteer, texts=[privacy], signed_on=day, by=by)
        if day >= RENEWED:
            declarations.sign(volunteer, texts=[new], signed_on=day, by=by)
            continue
        declarations.sign(volunteer, texts=[old], signed_on=day, by=by)
        if number % 5 != 1:
            declarations.sign(volunteer, texts=[new], signed_on=SIGNED_AGAIN, by=by)
    # Those from SEEN[2] on over and over, so that only two are due.
    seen = iter([*SEEN[:2], *(pair for pair, _ in zip(cycle(SEEN[2:]), helping, strict=False))])
    for volunteer in helping[::EVERY]:
        issued_on, inspected_on = next(seen)
        certificates.inspect(volunteer, issued_on=issued_on, inspected_on=inspected_on, by=by)
