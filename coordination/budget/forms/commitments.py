from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.as_of import today
from coordination.budget.models import AgreementShare, BudgetLine, Commitment
from coordination.forms import DayField, ReasonField
from coordination.money import MoneyFormField, euro


class LineChoice(forms.ModelChoiceField):
    def label_from_instance(self, line):
        return f"{line.code} – {_('free')}: {euro(line.free)} – {line.title}"


class CommitmentForm(forms.Form):
    line = LineChoice(label=gettext_lazy("Budget line"), queryset=BudgetLine.objects.none())
    amount = MoneyFormField(label=gettext_lazy("Amount in euros"))
    booked_on = DayField(label=gettext_lazy("Date"))
    reason = ReasonField(label=gettext_lazy("Note"), required=False)

    def __init__(self, *args, share: AgreementShare, **kwargs):
        lines = BudgetLine.objects.filter(year=share.year_id).with_sums()
        found = list(lines)
        proposed = self.proposed(share, found)
        left = share.amount - share.committed
        initial = {"booked_on": share.year.nearest_day(today())}
        if proposed:
            initial |= {"line": proposed.pk, "amount": max(min(left, proposed.free), 0) or None}
        super().__init__(*args, initial=initial, **kwargs)
        self.has_lines = bool(found)
        self.fields["line"].queryset = lines

    @staticmethod
    def proposed(share, lines):
        """The line of the code that binds this agreement, else its kind of cost, elsewhere."""
        alike = Commitment.objects.filter(share__cost_kind=share.cost_kind)
        for bound in (alike.filter(share__agreement=share.agreement_id), alike):
            codes = set(bound.values_list("line__product", "line__account"))
            if same := [line for line in lines if (line.product, line.account) in codes]:
                return max(same, key=lambda line: line.free)
        return lines[0] if len(lines) == 1 else None


class CommitmentChangeForm(forms.Form):
    amount = MoneyFormField(
        label=gettext_lazy("Difference in euros"),
        allow_negative=True,
        help_text=gettext_lazy("1.000,00 raises the commitment, -1.000,00 lowers it."),
    )
    booked_on = DayField(label=gettext_lazy("Date"))
    reason = ReasonField()
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)

    def __init__(self, *args, commitment: Commitment, **kwargs):
        initial = {
            "booked_on": commitment.line.year.nearest_day(today()),
            "seen": commitment.bookings.count(),
        }
        super().__init__(*args, initial=initial, **kwargs)

    def show_anew(self, commitment) -> None:
        """After it was told that somebody booked meanwhile, sending again is meant."""
        self.data = self.data.copy()
        self.data["seen"] = str(commitment.bookings.count())
