"""What the forms that book money have in common."""

from django import forms

from coordination.budget.models.booking import BookingQuerySet


class BookingForm(forms.Form):
    """A booking that may well be made twice, but not by a second click.

    Carries in ``seen`` the newest booking its reader saw; the operation takes ``seen`` and calls
    ``years.refuse_if_booked``. When the form comes back it has seen the newest, so sending it
    once more books.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, bookings: BookingQuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.mark = self.fields["seen"].initial = bookings.mark()

    def clean_seen(self):
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.mark
        return self.cleaned_data["seen"]
