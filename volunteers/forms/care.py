"""Contact persons and talks, as they are typed; which part of the lists to show."""

from collections.abc import Iterable

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.filters import SortFilter
from agencies.models import Agency, Worker
from coordination.access.permissions import Scope
from coordination.forms import DayField, ReasonField, RowField, RowsField, grouped
from districts.models import District
from volunteers.care import Lack
from volunteers.contacts import Proposal
from volunteers.models import Talk, Volunteer, VolunteerGroup

VOLUNTEERS, GROUPS = "ehrenamtliche", "gruppen"
TO_LEAD, TO_WORKER = "federfuehrung", "person"
ALL, CHOSEN = "alle", "gewaehlte"


class CareFilter(django_filters.FilterSet):
    """For volunteers; ``filter_queryset`` narrows groups in the same way."""

    liste = django_filters.ChoiceFilter(
        label=_("List"), method="as_it_is", choices=Lack, widget=forms.HiddenInput
    )
    art = django_filters.ChoiceFilter(
        label=_("Kind"),
        method="as_it_is",
        choices=[(VOLUNTEERS, _("volunteers")), (GROUPS, _("groups"))],
        empty_label=_("all"),
    )
    verband = django_filters.ChoiceFilter(
        label=_("Looked after by"), field_name="agency", empty_label=_("all")
    )
    gebiet = django_filters.ChoiceFilter(label=_("District"), method="there", empty_label=_("all"))
    sortierung = SortFilter(("name_key", "name"), ("silent_since", "gespraech"))

    class Meta:
        model = Volunteer
        fields = []

    def __init__(self, data, rows):
        super().__init__(data, rows)
        # All of them: the rows name their districts from here, past ones too.
        self.districts = {row.pk: row for row in District.objects.without_shapes()}
        quarters = [row for row in self.districts.values() if row.level == District.Level.QUARTER]
        agencies = Agency.objects.order_by("short_name").values_list("pk", "short_name")
        self.filters["gebiet"].extra["choices"] = [
            (str(row.pk), row.name) for row in sorted(quarters, key=lambda row: row.name)
        ]
        self.filters["verband"].extra["choices"] = [(str(pk), name) for pk, name in agencies]

    @property
    def chosen(self) -> dict:
        return self.form.cleaned_data if self.is_valid() else {}

    @property
    def lack(self) -> Lack:
        return Lack(self.chosen.get("liste") or Lack.CONTACT)

    def as_it_is(self, rows, name, value):
        return rows

    def there(self, rows, name, value):
        link = rows.model.districts.through.objects.filter(district=value)
        return rows.filter(pk__in=link.values(f"{rows.model._meta.model_name}_id"))


class WorkerField(RowField):
    """One of those who could be a contact person, each agency's under its name."""

    says_optional = False  # without a choice somebody is proposed, or only one way needs it

    def __init__(self, **kwargs):
        super().__init__([], unknown=_("This person cannot be the contact person."), **kwargs)

    def offer(self, workers: Iterable[Worker], *, first: list) -> None:
        """Let these be chosen, after the options in ``first``."""
        self.rows = {str(row.pk): row for row in workers}
        options = grouped(self.rows.values(), lambda row: row.agency.short_name)
        self.widget.choices = [*first, *options]


class HandoverForm(forms.Form):
    """Give many a contact person at once. Takes who could be it on the day."""

    which = forms.ChoiceField(
        label=_("Whom"),
        choices=[(CHOSEN, _("those chosen above")), (ALL, _("all of this list"))],
        widget=forms.RadioSelect,
    )
    volunteers = RowsField(label=_("Volunteers"), queryset=Volunteer.objects.none(), required=False)
    groups = RowsField(
        label=pgettext_lazy("volunteers", "Groups"),
        queryset=VolunteerGroup.objects.none(),
        required=False,
    )
    to = forms.ChoiceField(
        label=_("To whom"),
        choices=[
            (TO_LEAD, _("each to the lead of their district")),
            (TO_WORKER, _("all to one person")),
        ],
        widget=forms.RadioSelect,
    )
    worker = WorkerField(
        label=_("Person"), required=False, help_text=_("Needed if all go to one person.")
    )
    starts_on = DayField(label=_("From"))
    reason = ReasonField()

    def __init__(self, *args, workers: list[Worker], volunteers, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(workers, first=[("", _("please choose"))])
        self.fields["volunteers"].queryset = volunteers
        self.fields["groups"].queryset = groups

    def clean(self):
        given = super().clean()
        if given.get("to") == TO_WORKER and not given.get("worker") and "worker" not in self.errors:
            self.add_error("worker", _("Choose a person."))
        if given.get("to") == TO_LEAD:
            given["worker"] = None
        nobody = not given.get("volunteers") and not given.get("groups")
        misread = self.errors.keys() & {"volunteers", "groups"}
        if given.get("which") == CHOSEN and nobody and not misread:
            self.add_error("which", _("Choose at least one volunteer or group."))
        return given


class ContactForm(forms.Form):
    """Another contact person: the lead of one of the districts, or anybody else."""

    worker = WorkerField(label=_("Contact person"))
    starts_on = DayField(label=_("From"))
    reason = ReasonField()

    def __init__(self, *args, workers: list[Worker], leads: list[Proposal], **kwargs):
        super().__init__(*args, **kwargs)
        proposed, as_lead = {}, []
        for one in leads:
            value = f"{one.worker.pk}-{one.district.pk}"
            proposed[value] = one
            words = {"worker": one.worker, "agency": one.worker.agency, "district": one.district}
            as_lead.append((value, _("%(worker)s (%(agency)s), leads %(district)s") % words))
        first = [("", _("please choose"))]
        if as_lead:
            first.append((_("as the lead of the district"), as_lead))
        self.fields["worker"].offer(workers, first=first)
        self.fields["worker"].rows |= proposed

    def clean(self):
        given = super().clean()
        if isinstance(one := given.get("worker"), Proposal):
            given["worker"], given["district"] = one.worker, one.district
        return given


class TalkForm(forms.Form):
    """A talk: two taps, no text. The kind is chosen by the button that sends it."""

    day = DayField(label=_("Date"))
    worker = forms.ModelChoiceField(
        label=_("Who talked"), queryset=Worker.objects.none(), empty_label=_("please choose")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Talk.Kind,
        error_messages={"required": _("Say how you talked: press one of the buttons.")},
    )

    def __init__(self, *args, scope: Scope, kinds: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds
        workers = Worker.objects.active().within(scope).select_related("agency")
        self.fields["worker"].queryset = workers.order_by("agency__short_name", "name", "pk")
        self.fields["worker"].label_from_instance = lambda row: f"{row.name} ({row.agency})"
