"""The contact person of every district, for everybody: no sign-in, no cookie, no session."""

from dataclasses import dataclass
from functools import wraps
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.filters import alphabetical
from coordination.as_of import today
from coordination.pdf import pdf
from coordination.public import cards, finder
from coordination.public.forms import FinderForm
from districts.maps import Drawing, Paint, draw
from districts.models import District

MINUTES = 60
PATIENCE = 2  # seconds a visitor waits for the PDFs of others
SHADES = 8  # kinds of areas in static/css/map.css


def open_page(view):
    """A page for everybody, where the city switches the finder on.

    Who is not signed in gets no cookie, and caches may keep the answer for a while: one for each
    language (LocaleMiddleware says so), none for who is signed in.
    """

    @login_not_required
    @wraps(view)
    def answer(request, *args, **kwargs):
        if not settings.PORTAL_FINDER:
            raise Http404
        request.as_of, request.as_of_query = today(), ""  # the past is not for everybody
        is_visitor = settings.SESSION_COOKIE_NAME not in request.COOKIES
        if is_visitor:
            request.__dict__.pop("_messages", None)  # a message would begin a session
        response = require_safe(view)(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        if is_visitor and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=5 * MINUTES)
        return response

    return answer


@open_page
def contact_list(request):
    districts = list(finder.quarters(today()))
    form = FinderForm(request.GET, districts=districts)
    form.is_valid()
    found, code = form.result.found, form.result.postal_code
    boroughs = _boroughs(districts)
    context = {
        "form": form,
        "suggested": form.result.suggested,
        "postal_code": code,
        "answers": finder.answers(found, postal_code=code, day=today()) if found else [],
        "boroughs": boroughs,
        "drawing": None if found else _map(boroughs),
    }
    return render(request, "public/contact_list.html", context)


@open_page
def contact_detail(request, pk):
    answer = _answer(request, pk)
    return render(request, "public/contact_detail.html", {"answer": answer, "form": FinderForm()})


@open_page
def contact_card(request, pk):
    return render(request, "public/contact_card.html", _card(request, pk))


@open_page
def contact_card_pdf(request, pk):
    """Kept as long as it would say the same: anybody may ask, and one takes half a second."""
    context = _card(request, pk)
    parts = [repr(context["answer"]), context["address"], get_language(), str(today())]
    kept_as = sha256("\n".join(parts).encode()).hexdigest()
    if found := caches["cards"].get(kept_as):
        return found
    name = _("contact-person-%(district)s") % {"district": context["answer"].district}
    response = pdf(
        request, "public/contact_card_pdf.html", context, name=name, most_pages=1, patience=PATIENCE
    )
    if response.status_code == 200:
        caches["cards"].set(kept_as, response)
    return response


@open_page
def contact_vcard(request, pk):
    answer = _answer(request, pk)
    url = finder.address(request, answer.district)
    body = cards.vcards(answer.contacts, district=answer.district.name, url=url)
    response = HttpResponse(body, content_type="text/vcard; charset=utf-8")
    name = slugify(_("contact-person-%(district)s") % {"district": answer.district})
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.vcf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Language"] = get_language()
    return response


@dataclass(frozen=True)
class Borough:
    """A borough with its districts by name; the mark is the same in the list and on the map."""

    name: str  # empty: of districts that lie in none
    districts: list[District]
    mark: str
    shade: str
    is_hatched: bool = False


def _boroughs(districts: list[District]) -> list[Borough]:
    found = {}
    for row in sorted(districts, key=lambda row: alphabetical(row.name)):
        found.setdefault(row.parent.name if row.parent else "", []).append(row)
    names = sorted(found, key=lambda name: (not name, alphabetical(name)))
    return [
        Borough(name, found[name], str(number), f"kind-{(number - 1) % SHADES + 1}")
        for number, name in enumerate(names, 1)
    ]


def _map(boroughs: list[Borough]) -> Drawing | None:
    kinds = {row.pk: one for one in boroughs for row in one.districts}

    def paint(row):
        url = reverse("public:contact_detail", args=[row.pk])
        return Paint(shade=kinds[row.pk].shade, mark=kinds[row.pk].mark, title=row.name, url=url)

    return draw(finder.shapes(today()), paint)


def _answer(request, pk) -> finder.Answer:
    district = get_object_or_404(finder.quarters(today()), pk=pk)
    return finder.answer(district, postal_code=request.GET.get("plz", ""), day=today())


def _card(request, pk) -> dict:
    answer = _answer(request, pk)
    url = finder.address(request, answer.district)
    return {"answer": answer, "address": url, "qr": cards.qr_code(url)}
