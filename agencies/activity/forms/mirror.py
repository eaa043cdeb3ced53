from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.activity import spans
from agencies.activity.models import Rhythm
from agencies.activity.spans import Span
from coordination.forms import DayField

# As the address spells them.
RHYTHMS = {
    "monat": Rhythm.MONTH,
    "quartal": Rhythm.QUARTER,
    "halbjahr": Rhythm.HALF_YEAR,
    "jahr": Rhythm.YEAR,
    "eigen": Rhythm.OWN,
}
LONGEST = timedelta(days=3_660)  # ten years
OWN_DAYS = ("von", "bis")


class MirrorForm(forms.Form):
    """Of which days and which agency the quarter mirror speaks. Everything may be left out."""

    zeitraum = forms.ChoiceField(
        choices=[(name, rhythm.label) for name, rhythm in RHYTHMS.items()],
        required=False,
        widget=forms.HiddenInput,
    )
    von = DayField(label=_("From"), required=False)
    bis = DayField(label=_("Until"), required=False)
    verband = forms.ChoiceField(label=_("Agency"), required=False)

    def __init__(self, data, *, agencies, day):
        super().__init__(data)
        self.day = day
        self.agencies = {str(agency.pk): agency for agency in agencies}
        names = [(pk, agency.short_name) for pk, agency in self.agencies.items()]
        self.fields["verband"].choices = [("", _("all")), *names]
        if len(names) < 2:  # there is nothing to choose
            del self.fields["verband"]
        if self.rhythm != Rhythm.OWN:
            for name in OWN_DAYS:
                del self.fields[name]

    @property
    def rhythm(self) -> Rhythm:
        return RHYTHMS.get(self.data.get("zeitraum"), Rhythm.QUARTER)

    def clean(self):
        first, last = (self.cleaned_data.get(name) for name in OWN_DAYS)
        for name in OWN_DAYS:
            if name in self.fields and name not in self.errors and not self.cleaned_data[name]:
                self.add_error(name, _("Please name the first and the last day."))
        if first and last and last < first:
            self.add_error("bis", _("The last day lies before the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("bis", _("At most ten years can be looked at together."))

    @property
    def shown(self) -> tuple[Rhythm, Span]:
        """What was asked for; where that cannot be read, the quarter of the day."""
        days = [self.cleaned_data.get(name) for name in OWN_DAYS] if self.is_valid() else []
        if all(days) and days:
            return Rhythm.OWN, tuple(days)
        rhythm = Rhythm.QUARTER if self.rhythm == Rhythm.OWN else self.rhythm
        return rhythm, spans.around(self.day, rhythm)

    @property
    def agency(self):
        """The chosen agency; None: all within reach."""
        chosen = self.cleaned_data.get("verband", "") if self.is_bound and self.is_valid() else ""
        return self.agencies.get(chosen)
