"""From a signed-in user to the roles they hold, each with its place."""

from django.utils.functional import SimpleLazyObject

from coordination.access.permissions import Actor, Role


def actor_for(user) -> Actor:
    if not user.is_authenticated:
        return Actor()
    return Actor(
        citywide=frozenset(Role(role) for role in user.roles.values_list("role", flat=True)),
        in_agency=frozenset(
            (Role(role), agency) for role, agency in user.memberships.values_list("role", "agency")
        ),
    )


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: actor_for(request.user))
        return self.get_response(request)
