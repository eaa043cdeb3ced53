"""gunicorn for ``make demo``: on this machine only; tells the address once it answers."""

import os
from pathlib import Path

bind = f"127.0.0.1:{os.environ['PORT']}"
workers = 2
worker_class = "gthread"
threads = 4
loglevel = "warning"

PEOPLE = [
    ("koordination@example.org", "Flüchtlingskoordination der Stadt"),
    ("koordination2@example.org", "Koordination: sachliche Prüfung"),
    ("koordination3@example.org", "Koordination: rechnerische Prüfung"),
    ("awo@example.org", "Arbeiterwohlfahrt"),
    ("diakonie@example.org", "Diakonisches Werk"),
    ("drk@example.org", "Deutsches Rotes Kreuz"),
    ("caritas@example.org", "Caritas"),
    ("paritaet@example.org", "Der Paritätische"),
    ("fachkraft@example.org", "Fachkraft des DRK"),
    ("honorarkraft@example.org", "Honorarkraft der AWO"),
    ("rat@example.org", "Rat und Ausschüsse"),
    ("pruefung@example.org", "Rechnungsprüfung"),
]


def when_ready(server):
    password = Path("build/demo.password").read_text().strip()  # as the city was created with
    print(f"\n  Quartiersportal – Beispieldaten:  http://{bind}/\n")
    for email, role in PEOPLE:
        print(f"  {email:28}{role}")
    print(f"\n  Passwort: {password}      Beenden: Strg+C\n", flush=True)
