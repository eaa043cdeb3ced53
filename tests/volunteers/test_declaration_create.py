from datetime import date

import pytest
from django.urls import reverse

from tests import make
from volunteers.models import Declaration, DeclarationText

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(cast, settings):
    """Two versions that are valid or were, one to come, and one of another declaration."""
    settings.PORTAL_DAY = date(2016, 12, 1)
    Declaration.objects.all().delete()
    DeclarationText.objects.all().delete()
    days = {"old": date(2016, 1, 1), "new": date(2016, 6, 1), "coming": date(2017, 1, 1)}
    found = {name: make.declaration_text(starts_on=day) for name, day in days.items()}
    return found | {"privacy": make.declaration_text("privacy", starts_on=date(2016, 1, 1))}


@pytest.fixture
def url(client, cast, texts):
    client.force_login(cast.people["worker"])
    return reverse("volunteers:declaration_create", args=[cast.volunteer.pk])


def offered(client, url):
    return {int(pk) for pk, _label in client.get(url).context["form"].fields["texts"].choices}


def test_what_was_signed_is_recorded(client, cast, texts, url):
    pks = [texts["new"].pk, texts["privacy"].pk]
    assert client.post(url, {"texts": pks, "signed_on": "2016-11-30"}).status_code == 302
    assert {row.text for row in cast.volunteer.declarations.all()} == {
        texts["new"], texts["privacy"],
    }  # fmt: skip


def test_offered_is_what_is_valid_and_newer_than_what_was_signed(client, cast, texts, url):
    assert offered(client, url) == {texts[name].pk for name in ("old", "new", "privacy")}
    make.declaration(volunteer=cast.volunteer, text=texts["new"])
    assert offered(client, url) == {texts["privacy"].pk}
    make.declaration(volunteer=cast.volunteer, text=texts["privacy"])
    assert "nichts mehr zu unterschreiben" in client.get(url).content.decode()


def test_from_the_due_list_the_newest_version_is_ticked(client, texts, url):
    form = client.get(f"{url}?text=confidentiality").context["form"]
    assert form["texts"].value() == [str(texts["new"].pk)]


@pytest.mark.parametrize("name", ["coming", "none"])
def test_what_is_not_offered_cannot_be_signed(client, texts, url, name):
    pk = texts[name].pk if name in texts else "9" * 30
    answer = client.post(url, {"texts": [pk], "signed_on": "2016-11-30"})
    assert "texts" in answer.context["form"].errors
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("day", ["2016-12-02", "2016-05-31", "", "bald"])
def test_a_wrong_day_is_said_at_the_field(client, texts, url, day):
    answer = client.post(url, {"texts": [texts["new"].pk], "signed_on": day})
    assert "signed_on" in answer.context["form"].errors
    assert not Declaration.objects.exists()


def test_deleting_asks_first(client, cast, texts, url):
    declaration = make.declaration(volunteer=cast.volunteer, text=texts["new"])
    delete = reverse("volunteers:declaration_delete", args=[declaration.pk])
    assert "löschen?" in client.get(delete).content.decode()
    assert client.post(delete).status_code == 302
    assert not Declaration.objects.exists()


def test_the_city_writes_the_next_version_and_the_old_one_stays_readable(client, cast, texts):
    client.force_login(cast.people["coordination"])
    url = reverse("volunteers:declaration_text_create")
    assert client.get(f"{url}?art=privacy").context["form"]["text"].value() == (
        texts["privacy"].text
    )
    typed = {"kind": "privacy", "starts_on": "2016-12-01", "text": "Neuer Wortlaut."}
    assert client.post(url, typed).status_code == 302
    assert "starts_on" in client.post(url, typed).context["form"].errors
    new = DeclarationText.objects.get(text="Neuer Wortlaut.")
    assert new.version == 2
    old = reverse("volunteers:declaration_text_detail", args=[texts["privacy"].pk])
    page = client.get(old).content.decode()
    assert texts["privacy"].text in page
    assert "ersetzt durch Fassung 2" in page
    assert "30.11.2016" in page
    shown = client.get(reverse("volunteers:declaration_text_list")).content.decode()
    assert "Fassung 2" in shown


def test_an_agency_reads_of_its_own_who_signed(client, cast, texts):
    make.declaration(volunteer=cast.volunteer, text=texts["new"])
    make.declaration(
        volunteer=make.volunteer(name="Geheim", agency=cast.other_agency), text=texts["new"]
    )
    client.force_login(cast.people["lead"])
    url = reverse("volunteers:declaration_text_detail", args=[texts["new"].pk])
    page = client.get(url).content.decode()
    assert "Erika Beispiel" in page
    assert "Geheim" not in page
