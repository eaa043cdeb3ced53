"""Every page of the permission table, for tests that try one thing on all of them.

The set under test is computed: a page that is added to ``permissions.txt`` is tried too.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.apps import apps
from django.db import transaction

from tests.test_permissions import HEAD, ROWS, STATUS, address

PEOPLE = HEAD[2:]
OURS = ("coordination.", "districts", "agencies", "volunteers")


def pages(who, *answers):
    """(page, row) of every page that gives this person one of the answers."""
    column = 2 + PEOPLE.index(who)
    return [(row[0], row[1]) for row in ROWS if row[column] in answers]


def cases(*answers):
    """(page, row, who) for everybody whom a page gives one of the answers."""
    return [(page, row, who) for who in PEOPLE for page, row in pages(who, *answers)]


def sign_in(client, cast, who):
    if cast.people[who] is not None:
        client.force_login(cast.people[who])
    return client


def models():
    return [model for model in apps.get_models() if model.__module__.startswith(OURS)]


class undone(transaction.Atomic):
    """``with undone():`` – what happens inside leaves no trace in the database."""

    def __init__(self):
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *error):
        transaction.set_rollback(True)
        super().__exit__(*error)


@dataclass
class Form:
    method: str
    action: str
    values: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)


class FormReader(HTMLParser):
    """The forms of a page with what a browser would send if nothing were changed."""

    def __init__(self):
        super().__init__()
        self.forms, self.select, self.textarea = [], None, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "form":
            self.forms.append(
                Form((attributes.get("method") or "get").lower(), attributes.get("action") or "")
            )
        if not self.forms:
            return
        form = self.forms[-1]
        if tag == "option" and self.select:
            value = attributes.get("value", "")
            form.options[self.select].append(value)
            if "selected" in attributes:
                form.values[self.select].append(value)
        if not name or "disabled" in attributes:
            return
        if tag == "select":
            self.select = name
            form.kinds[name], form.options[name] = "select", []
            form.values[name] = []
        elif tag == "textarea":
            self.textarea = name
            form.kinds[name], form.values[name] = "textarea", [""]
        elif tag in ("input", "button"):
            kind = attributes.get("type", "text" if tag == "input" else "submit")
            form.kinds.setdefault(name, kind)
            values = form.values.setdefault(name, [])
            if kind in ("checkbox", "radio"):
                form.options.setdefault(name, []).append(attributes.get("value", "on"))
                if "checked" in attributes:
                    values.append(attributes.get("value", "on"))
            elif kind != "file":
                values.append(attributes.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            form = self.forms[-1]
            if not form.values[self.select] and form.options[self.select]:
                form.values[self.select] = form.options[self.select][:1]
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.forms[-1].values[self.textarea][0] += data.removeprefix("\n")


def forms(response, method, *, frame=False):
    """The forms on the page's main part, or in the frame round it, that are sent by this method."""
    if "html" not in response.headers.get("Content-Type", ""):
        return []
    reader = FormReader()
    before, opening, main = response.content.decode().rpartition("<main")
    main, closing, after = main.partition("</main>")
    reader.feed(before + after if frame else opening + main)
    return [form for form in reader.forms if form.method == method]


TYPED = {
    "email": "neu@example.org",
    "date": "2016-12-05",
    "number": "1",
    "tel": "02161 250",
    "password": "correct-horse-9",
    "textarea": "Neu",
    "url": "https://example.org/",
    "text": "Neu",
}


def filled(form):
    """The form as somebody would send it who fills in what is empty."""
    values = {}
    for name, old in form.values.items():
        old = [value for value in old if value]
        options = [value for value in form.options.get(name, []) if value]
        if old or form.kinds[name] in ("hidden", "submit"):
            values[name] = old
        elif options:
            values[name] = options[:1]
        else:
            values[name] = [TYPED.get(form.kinds[name], "")]
    return values


__all__ = [
    "PEOPLE",
    "STATUS",
    "Form",
    "address",
    "cases",
    "filled",
    "forms",
    "models",
    "pages",
    "sign_in",
    "undone",
]
