import re

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.as_of import EARLIEST, LATEST
from coordination.editing import EditingForm
from coordination.forms import DayField
from districts import cells, districts
from districts.imports import Options
from districts.models import District


class PostalCodesField(forms.CharField):
    """Postal codes as people type them: "41061, 41063"."""

    def clean(self, value):
        return cells.postal_codes(re.findall(r"[^\s,;]+", super().clean(value)))


class DistrictForm(EditingForm):
    watched = districts.FIELDS
    postal_codes = PostalCodesField(
        label=_("Postal codes"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas, for example 41061, 41063"),
    )
    population_year = forms.IntegerField(
        label=_("Year of the population figure"),
        required=False,
        min_value=EARLIEST.year,
        max_value=LATEST.year,
    )

    class Meta:
        model = District
        fields = ["name", "parent", "population", "population_year", "area_km2", "ends_on"]
        field_classes = {"ends_on": DayField}
        localized_fields = ["area_km2"]

    field_order = [
        "name",
        "parent",
        "postal_codes",
        "population",
        "population_year",
        "area_km2",
        "ends_on",
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.level == District.Level.BOROUGH:
            del self.fields["parent"]
        else:
            self.fields["parent"].queryset = District.objects.boroughs().without_shapes()
        codes = self.instance.postal_codes.all()
        self.fields["postal_codes"].initial = ", ".join(code.code for code in codes)

    def clean(self):
        cleaned = super().clean()
        try:  # before the constraint, which could not say at which field
            districts.refuse_half_a_figure(
                cleaned.get("population"), cleaned.get("population_year")
            )
        except forms.ValidationError as error:
            for field in error.message_dict.keys() - self.errors.keys():
                self.add_error(field, error.message_dict[field])
        return cleaned


class ImportForm(forms.Form):
    """A file of districts, and how to read it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or GeoJSON (WGS 84), at most 20 MB and 5,000 districts."),
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.geojson"}),
    )
    level = forms.ChoiceField(
        label=_("The file contains"),
        choices=[("quarter", _("quarters")), ("borough", _("boroughs"))],
        initial="quarter",
    )
    valid_from = DayField(
        label=_("Valid from"),
        required=False,
        help_text=_(
            "From this day on new districts exist, and those missing in the file do not. "
            "Empty: today; in the first import: as long as is known."
        ),
    )
    name_field = forms.CharField(label=_("Field with the name"), initial="name", max_length=60)
    key_field = forms.CharField(label=_("Field with the key"), initial="key", max_length=60)
    parent_field = forms.CharField(
        label=_("Field with the borough"),
        required=False,
        max_length=60,
        help_text=_("Key or name of the borough. Empty: borough_key, else borough."),
    )
    postal_codes_field = forms.CharField(
        label=_("Field with the postal codes"),
        initial="postal_codes",
        required=False,
        max_length=60,
    )
    population_field = forms.CharField(
        label=_("Field with the population"), initial="population", required=False, max_length=60
    )
    population_year_field = forms.CharField(
        label=_("Field with the year of the population"),
        initial="population_year",
        required=False,
        max_length=60,
    )
    area_field = forms.CharField(
        label=_("Field with the area in km²"), initial="area_km2", required=False, max_length=60
    )

    BASIC = ("file", "level", "valid_from")

    @property
    def basic(self):
        return [self[name] for name in self.BASIC]

    @property
    def advanced(self):
        return [field for field in self.visible_fields() if field.name not in self.BASIC]

    @property
    def is_advanced(self) -> bool:
        """Whether a field name differs from the usual one or is wrong: then they are shown."""
        return self.is_bound and any(
            field.errors or (field.value() or "") != (field.field.initial or "")
            for field in self.advanced
        )

    def options(self) -> Options:
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        return Options(**{**chosen, "parent_field": chosen["parent_field"] or None})
