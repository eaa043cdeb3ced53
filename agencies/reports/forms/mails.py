from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.reports.models import MailKind


class MailForm(forms.Form):
    """One switch per kind of mail; its field is called as the kind."""

    due = forms.BooleanField(
        label=_("Reminders of reports that are due"),
        required=False,
        help_text=_(
            "Whoever writes a report, without a name the leads: seven days before the due date, "
            "on the due date, and when a report comes back. The leads: when it is three days "
            "overdue. The coordination: when it is seven days overdue."
        ),
    )
    digest = forms.BooleanField(
        label=_("Weekly digest"),
        required=False,
        help_text=_(
            "On the first working day of the week, if there is something to say: what is due or "
            "to be checked, offers to confirm, entries of the last week. Only what you may see "
            "in the portal as well."
        ),
    )

    @property
    def kinds(self) -> set[MailKind]:
        return {kind for kind in MailKind if self.cleaned_data[kind]}
