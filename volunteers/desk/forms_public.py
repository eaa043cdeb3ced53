"""The forms of who asks: nobody signs in, so they say what to leave out and guard what they can."""

import re
import unicodedata
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.lists.models import Topic
from coordination import as_of
from coordination.forms import FormIdField, RowField, grouped
from coordination.text import fold
from districts.models import District
from volunteers.desk.guarded import Guarded
from volunteers.desk.questions import LONGEST

UNKNOWN = "unbekannt"

PLEASE_CHOOSE = ("", gettext_lazy("please choose"))


class WordsField(forms.CharField):
    """A few sentences; the end of a line counts as one sign, whatever the browser sends for it."""

    def __init__(self, *, rows, **kwargs):
        kwargs["widget"] = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
        super().__init__(max_length=LONGEST, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class AddressField(forms.EmailField):
    """An address as it is kept: folded, its domain as the network knows it.

    Letters that only look like others are refused before the @, where any of them could belong to
    somebody else; a domain with umlauts is turned into its ASCII form, and refused if that form
    is of another name.
    """

    def to_python(self, value):
        typed = super().to_python(value)
        local, _at, domain = typed.rpartition("@")
        if not local.isascii():
            raise ValidationError(
                _(
                    "Before the @ only the letters a to z without accents, digits and signs like "
                    "a dot can be used. Please type the address anew, do not paste it."
                ),
                code="local",
            )
        return fold(f"{local}@{self._ascii(domain)}") if typed else typed

    def _ascii(self, domain) -> str:
        if domain.isascii():
            return domain
        try:
            ascii_form = domain.encode("idna").decode()
            is_same = ascii_form.encode().decode("idna") == unicodedata.normalize(
                "NFC", domain.lower()
            )
        except UnicodeError:
            is_same = False
        if not is_same:
            raise ValidationError(
                _(
                    "What stands after the @ has letters that no mail can be sent to. Please check "
                    "it, or write it in its form with “xn--”."
                ),
                code="domain",
            )
        return ascii_form


class OneOfTwo:
    """Either of two fields is needed, so neither is called optional; the form looks at both."""

    def validate(self, value):
        return None


class PostalCodeField(OneOfTwo, forms.CharField):
    def to_python(self, value):
        code = re.sub(r"\s", "", unicodedata.normalize("NFKC", super().to_python(value)))
        if code and not re.fullmatch(r"[0-9]{5}", code):
            raise ValidationError(_("A postal code has five digits."))
        return code


class DistrictField(OneOfTwo, RowField):
    """A quarter, or ``UNKNOWN``: somebody who is new in the city may not know its names."""

    def to_python(self, value):
        return UNKNOWN if value == UNKNOWN else super().to_python(value)


class QuestionForm(Guarded):
    """``homepage`` is a trap: people do not see it, programs fill it in."""

    postal_code = PostalCodeField(
        label=gettext_lazy("Postal code"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
    )
    text = WordsField(
        label=gettext_lazy("Your question"),
        rows=8,
        help_text=gettext_lazy(
            "At most 2,000 characters. No names, addresses or dates of birth of the people you "
            "help: write “Person A”."
        ),
        error_messages={"required": gettext_lazy("Please write your question.")},
    )
    email = AddressField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("The answer goes there. The address is not published."),
        error_messages={"required": gettext_lazy("Please give the address for the answer.")},
    )
    homepage = forms.CharField(
        label=gettext_lazy("Please leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    form_id = FormIdField()

    use_required_attribute = False  # of two fields one is enough
    field_order = ["district", "postal_code", "topic", "text", "email", "homepage", "is_insisted"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        day = as_of.today()
        quarters = District.objects.quarters().on(day).without_shapes().select_related("parent")
        self.districts = list(quarters.order_by("parent__name", "name", "pk"))
        self.fields["district"] = DistrictField(
            self.districts,
            label=gettext_lazy("District"),
            unknown=gettext_lazy("This district does not exist."),
        )
        self._offer(self.districts)
        topics = list(Topic.objects.on(day).in_order())
        self.fields["topic"] = RowField(
            topics,
            label=gettext_lazy("Topic"),
            required=False,
            unknown=gettext_lazy("This is not in the list."),
        )
        self.fields["topic"].widget.choices = [PLEASE_CHOOSE, *grouped(topics, lambda row: "")]
        self.order_fields(self.field_order)
        if not self.is_bound:
            self.initial.setdefault("form_id", uuid4())

    def _offer(self, districts):
        choices = grouped(districts, lambda row: str(row.parent or ""))
        self.fields["district"].widget.choices = [
            PLEASE_CHOOSE,
            (UNKNOWN, gettext_lazy("I do not know")),
            *choices,
        ]

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("homepage"))

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("homepage", None)
        if "district" in cleaned and "postal_code" in cleaned:
            self._find_place(cleaned)
        return cleaned

    def _find_place(self, cleaned):
        """One district from what was said of the place; None if who asks does not know."""
        district, code = cleaned["district"], cleaned["postal_code"]
        if not code:
            if district is None:
                self.add_error("district", _("Please choose a district or write a postal code."))
            cleaned["district"] = None if district == UNKNOWN else district
            return
        known = set(District.objects.filter(postal_codes__code=code).values_list("pk", flat=True))
        there = [row for row in self.districts if row.pk in known]
        if district == UNKNOWN:
            cleaned["district"] = there[0] if len(there) == 1 else None
        elif district is not None:
            self._refuse_contradiction(district, code, there)
        elif not there:
            text = _(
                "No district of the city has the postal code %(code)s. Please check it, or choose "
                "the district."
            )
            self.add_error("postal_code", text % {"code": code})
        elif len(there) == 1:
            cleaned["district"] = there[0]
        else:
            self._offer(there)
            text = _("The postal code %(code)s lies in several districts. Please choose yours.")
            self.add_error("district", text % {"code": code})

    def _refuse_contradiction(self, district, code, there):
        if district in there or not (own := district.postal_codes.values_list("code", flat=True)):
            return
        text = _(
            "%(district)s does not have the postal code %(code)s, but: %(codes)s. Please correct "
            "one of the two, or leave the postal code out."
        )
        said = {"district": district, "code": code, "codes": ", ".join(own)}
        self.add_error("postal_code", text % said)


class ReplyForm(Guarded):
    text = WordsField(
        label=gettext_lazy("Your message"),
        rows=6,
        help_text=gettext_lazy(
            "At most 2,000 characters. No names, addresses or dates of birth of the people you "
            "help: write “Person A”."
        ),
    )

    field_order = ["text", "is_insisted"]
