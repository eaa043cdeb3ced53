"""From a signed-in user to the roles they hold, each with its place."""

from django.db.models import BigIntegerField, Value
from django.utils.functional import SimpleLazyObject

from coordination.access.permissions import Actor, Role


def actor_for(user) -> Actor:
    if not user.is_authenticated:
        return Actor()
    # One query for both: every page asks this.
    citywide = user.roles.order_by().annotate(place=Value(None, BigIntegerField()))
    in_agency = user.memberships.order_by().values_list("role", "agency")
    held = list(citywide.values_list("role", "place").union(in_agency))
    return Actor(
        citywide=frozenset(Role(role) for role, place in held if place is None),
        in_agency=frozenset((Role(role), place) for role, place in held if place is not None),
    )


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: actor_for(request.user))
        return self.get_response(request)
