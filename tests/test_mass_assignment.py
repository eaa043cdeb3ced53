"""A form changes what it shows. Fields that are added to what it sends change nothing.

Each form of each page is sent filled in, together with every field of every model. Afterwards no
row holds an added value, and rows that were there differ in no column the form does not show.
"""

from copy import copy
from datetime import date, datetime
from decimal import Decimal

import pytest
from django import forms as django_forms
from django.db import connection
from django.db import models as db
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import override_settings
from django.urls import include, path, reverse
from django.utils.timezone import now

from agencies.models import Agency
from coordination import urls
from coordination.access.permissions import Perm, require
from tests.census import PEOPLE, Form, address, filled, forms, models, pages, sign_in, undone

PLANTED_TEXT = "eingeschmuggelt"
PLANTED_DAY = date(2042, 4, 2)
PLANTED_NUMBER = 4242
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
# Columns an act writes by its nature though no form shows them: (model, column).
KEPT_BY_THE_PORTAL = {
    ("access.user", "password"),
    ("access.user", "session_generation"),
    ("access.user", "last_login"),
    ("access.user", "is_active"),
}


def planted(field):
    """A value for the field that nobody would type, or None for what is left out."""
    if isinstance(field, db.ForeignKey):
        row = field.related_model._default_manager.order_by("-pk").first()
        return row and row.pk
    if isinstance(field, db.BooleanField):
        return not field.default if field.has_default() else True
    if isinstance(field, db.DateField):
        return PLANTED_DAY
    if isinstance(field, db.IntegerField | db.AutoField):
        return PLANTED_NUMBER
    if isinstance(field, db.DecimalField):
        return Decimal("0.42")
    if isinstance(field, db.CharField | db.TextField):
        return [*dict(field.flatchoices)][-1] if field.choices else PLANTED_TEXT
    return None


def additions():
    """Every field of every model by its name, as id and as its column is called."""
    values = {"id": PLANTED_NUMBER, "pk": PLANTED_NUMBER, "is_superuser": "on", "is_staff": "on"}
    for model in models():
        for field in model._meta.concrete_fields:
            if (value := planted(field)) is not None:
                values[field.name] = values[field.attname] = value
    return values


def snapshot():
    return {
        (model._meta.label_lower, row["pk"]): row
        for model in models()
        if model._meta.label_lower != "audit.entry"
        for row in model._base_manager.values(
            "pk", *[field.attname for field in model._meta.concrete_fields]
        )
    }


def is_planted(value):
    if isinstance(value, datetime):
        return value.date() == PLANTED_DAY
    return value in (PLANTED_TEXT, PLANTED_DAY, PLANTED_NUMBER, Decimal("0.42"))


def smuggled(before, after, shown):
    """What a form that shows these fields had no business changing."""
    shown = {name.split("-")[-1] for name in shown}
    shown |= {f"{name}_id" for name in shown}
    found = []
    for (model, pk), row in after.items():
        old = before.get((model, pk))
        for column, value in row.items():
            if column == "pk" or column in shown or (model, column) in KEPT_BY_THE_PORTAL:
                continue
            if is_planted(value) and (old is None or old[column] != value):
                found.append((model, pk, column, value))
    return found


def changed(before, after):
    """Columns of rows that were there before and are another value now: {(model, column)}."""
    return {
        (model, column)
        for (model, pk), row in before.items()
        for column, value in row.items()
        if (model, pk) in after and after[model, pk][column] != value
    }


class Written:
    """Whether anything was; reading every table to see that nothing was takes time."""

    def __init__(self):
        self.anything = False

    def __call__(self, execute, sql, params, many, context):
        self.anything |= not sql.lstrip().upper().startswith(READS)
        return execute(sql, params, many, context)


def attack(client, url, *, frame=False):
    """Send each form of the page with everything added; what it smuggled in, and its answers."""
    found, statuses = [], []
    shown = forms(client.get(url), "post", frame=frame) or [Form("post", url)]
    before, everything = snapshot(), additions()
    for form in shown:
        cookies = copy(client.cookies)
        values = filled(form)
        extra = {name: value for name, value in everything.items() if name not in values}
        with undone():
            with connection.execute_wrapper(written := Written()):
                response = client.post(form.action or url, extra | values)
            statuses.append(response.status_code)
            if written.anything:
                found += smuggled(before, snapshot(), set(values))
        client.cookies = cookies
    return found, statuses


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def unlimited(settings):
    settings.ACCOUNT_RATE_LIMITS = False


SEEN = {
    (page, row): [who for who in PEOPLE if (page, row) in pages(who, "yes", "acts")]
    for who in PEOPLE
    for page, row in pages(who, "yes", "acts")
}


@pytest.mark.parametrize(("page", "row"), SEEN)
def test_added_fields_change_nothing(client, cast, unlimited, page, row):
    """One test a page: what is sent is undone, so everybody finds the same city."""
    found = {}
    for who in SEEN[page, row]:
        found[who], _ = attack(sign_in(type(client)(), cast, who), address(page, row, cast))
    assert not any(found.values()), found


@pytest.mark.parametrize("who", PEOPLE)
def test_fields_added_in_the_frame_change_nothing(client, cast, unlimited, who):
    found, statuses = attack(sign_in(client, cast, who), reverse("account_inactive"), frame=True)
    assert found == []
    assert statuses == ([302] if who == "nobody" else [302, 302])


class WideForm(django_forms.ModelForm):
    class Meta:
        model = Agency
        fields = ["name", "phone", "town", "is_active"]


@require(Perm.VIEW_OVERVIEW)
def wide(request):
    """A page that shows one field and takes four."""
    agency = Agency.objects.order_by("pk").first()
    form = WideForm(request.POST or None, instance=agency)
    if form.is_valid():
        form.save()
        return redirect("/")
    return HttpResponse(
        f'<main><form method="post"><input name="name" value="{agency.name}"></form>'
    )


urlpatterns = [path("wide/", wide), path("", include("coordination.urls"))]
handler500 = urls.handler500


@override_settings(ROOT_URLCONF=__name__)
def test_a_form_that_takes_more_than_it_shows_would_be_found(client, cast):
    client.force_login(cast.people["coordination"])
    found, statuses = attack(client, "/wide/")
    assert statuses == [302]
    assert ("agencies.agency", cast.agency.pk, "phone", PLANTED_TEXT) in found


def test_what_is_compared_covers_the_tables(cast):
    tables = {model for model, _ in snapshot()}
    assert {"access.user", "agencies.agency", "agencies.position", "districts.district"} <= tables
    assert now().date() != PLANTED_DAY
