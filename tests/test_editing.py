import pytest

from coordination import editing
from coordination.editing import EditingForm
from districts.models import District
from tests import make

pytestmark = pytest.mark.django_db


class NameForm(EditingForm):
    class Meta:
        model = District
        fields = ["name", "parent", "ends_on", "is_schematic"]


def test_a_form_nobody_overtook_is_valid():
    district = make.district(name="Eicken")
    seen = NameForm(instance=district)["seen"].value()
    form = NameForm({"name": "Oicken", "seen": seen}, instance=District.objects.get())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["seen"] == seen


def test_an_overtaken_form_says_field_by_field_what_is_saved_and_is_valid_when_sent_again():
    district = make.district(name="Eicken")
    seen = NameForm(instance=district)["seen"].value()
    District.objects.update(name="Aicken", is_schematic=True)
    form = NameForm({"name": "Oicken", "seen": seen}, instance=District.objects.get())
    assert not form.is_valid()
    assert [text.partition(": ")[2] for text in list(form.non_field_errors())[1:]] == [
        "Name – Aicken",
        "schematische Geometrie – ja",
    ]
    again = NameForm(form.data, instance=District.objects.get())
    assert again.is_valid()


def test_related_rows_are_watched_too():
    district = make.district("41061")
    seen = editing.fingerprint(district, ["postal_codes"])
    district.postal_codes.add(make.postal_code("41063"))
    assert editing.changed_since(district, seen, ["postal_codes"]) == ["postal_codes"]
    assert editing.messages(district, ["postal_codes"])[1].endswith("41061, 41063")


def test_a_command_that_has_seen_nothing_skips_the_comparison():
    editing.refuse_if_changed(make.district(), None, ["name"])
