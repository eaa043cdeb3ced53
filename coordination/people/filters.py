import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, SortFilter
from agencies.models import Agency, Membership
from coordination.access.models import CityRole


class AccountFilter(django_filters.FilterSet):
    """Takes ``scope``: an agency's lead filters by the own agency and its roles."""

    suche = SearchFilter("name", "email")
    rolle = django_filters.ChoiceFilter(label=_("Role"), method="holding", empty_label=_("all"))
    verband = django_filters.ModelChoiceFilter(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        method="acting_for",
        empty_label=_("all"),
    )
    konto = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[("aktiv", _("active")), ("deaktiviert", _("deactivated"))],
        method="in_state",
        empty_label=_("all"),
    )
    sortierung = SortFilter(("name", "name"), ("email", "email"))

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.filters["verband"].queryset = Agency.objects.within(scope)
        city = CityRole.Code.choices if scope.citywide else []
        self.filters["rolle"].extra["choices"] = [*city, *Membership.Code.choices]

    def holding(self, accounts, name, role):
        if role in CityRole.Code.values:
            return accounts.filter(pk__in=CityRole.objects.filter(role=role).values("user"))
        places = Membership.objects.within(self.scope).filter(role=role)
        return accounts.filter(pk__in=places.values("user"))

    def acting_for(self, accounts, name, agency):
        return accounts.filter(pk__in=agency.memberships.values("user"))

    def in_state(self, accounts, name, state):
        return accounts.filter(is_active=state == "aktiv")


class InvitationFilter(django_filters.FilterSet):
    """Takes ``scope``, as above."""

    suche = SearchFilter("email", "name")
    verband = django_filters.ModelChoiceFilter(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        field_name="agency",
        empty_label=_("all"),
    )
    sortierung = SortFilter(("email", "email"), ("created_at", "vom"), ("expires_at", "bis"))

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["verband"].queryset = Agency.objects.within(scope)
