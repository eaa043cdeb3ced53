"""Released reports for everybody, where the city says so: no sign-in, no cookie, no session."""

from functools import wraps
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date
from django.utils.translation import override
from django.views.decorators.http import require_safe

from coordination.council.summary import catalogue, opendata, renderings
from coordination.council.summary.content import Content
from coordination.council.summary.models import Release
from coordination.council.summary.tables import TABLES, Source

# What a page shows of a release; the files have all of it. Lists that somebody wrote are not open.
SHOWN = ["taetigkeit", "zielgruppen", "verlauf", "stellen", "zustaendigkeit", "haushalt"]
KINDS = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}
MINUTES, DAY = 60, 86_400


def published(view):
    """A page of open data: for nobody unless they are switched on, else the same for everybody.

    In the administration's language, without the visitor's name and messages, so that caches may
    keep one answer for all.
    """

    @login_not_required
    @wraps(view)
    def answer(request, *args, **kwargs):
        if not settings.PORTAL_OPEN_DATA:
            raise Http404
        request.user = AnonymousUser()
        del request._messages
        with override(settings.LANGUAGE_CODE):
            response = require_safe(view)(request, *args, **kwargs)
        response["Content-Language"] = settings.LANGUAGE_CODE
        return response

    return answer


@published
def dataset_list(request):
    releases = list(Release.objects.without_content())
    files = opendata.files(releases)
    rows = [(row, files[row.number].values()) for row in releases]
    citation = opendata.citation(releases[0], _base(request)) if releases else ""
    context = {"rows": rows, "citation": citation, "licence": opendata.TERMS}
    return _page(request, "summary/dataset_list.html", context)


@published
def dataset_detail(request, number):
    release = _release(number)
    citation = opendata.citation(release, _base(request))

    def fragment():
        content = Content(release.content)
        source = Source(content, lambda key: "")  # where a figure comes from only the council sees
        context = {
            "release": release,
            "files": opendata.files([release])[release.number].values(),
            "tables": [table for slug in SHOWN if (table := TABLES[slug](source))],
            "corrections": opendata.corrections(content),
            "definitions": opendata.definitions(content),
            "columns": opendata.MEANINGS,
            "citation": citation,
            "licence": opendata.TERMS,
        }
        return render_to_string("summary/_dataset.html", context)

    moment = release.released_at.isoformat()
    body = renderings.kept(release, "dataset", citation, moment, render=fragment)
    context = {"release": release, "body": body}
    return _page(request, "summary/dataset_detail.html", context)


@published
def dataset_csv(request, number):
    return _file(request, number, "csv")


@published
def dataset_json(request, number):
    return _file(request, number, "json")


@published
def catalogue_jsonld(request):
    body = catalogue.jsonld(_catalogue(request))
    return _open(_answer(request, body, "application/ld+json", max_age=5 * MINUTES))


@published
def catalogue_turtle(request):
    body = catalogue.turtle(_catalogue(request))
    return _open(_answer(request, body, "text/turtle; charset=utf-8", max_age=5 * MINUTES))


def _release(number) -> Release:
    return get_object_or_404(Release.objects.without_content(), number=number)


def _catalogue(request) -> catalogue.Node:
    releases = list(Release.objects.without_content())
    return catalogue.tree(releases, opendata.files(releases), _base(request))


def _base(request) -> str:
    """The portal's address as the city has set it: addresses of data stay as they are."""
    return settings.PORTAL_URL or request.build_absolute_uri("/").rstrip("/")


def _page(request, template: str, context: dict) -> HttpResponse:
    body = render_to_string(template, context, request).encode()
    return _answer(request, body, "text/html; charset=utf-8", max_age=5 * MINUTES)


def _answer(request, body: bytes, content_type: str, *, max_age: int) -> HttpResponse:
    """The body, or 304 to whoever has it."""
    etag = f'"{sha256(body).hexdigest()}"'
    response = HttpResponse(body, content_type=content_type, headers={"ETag": etag})
    patch_cache_control(response, public=True, max_age=max_age)
    return get_conditional_response(request, etag=etag, response=response)


def _file(request, number, ending: str) -> HttpResponse:
    """The file, or 304 to whoever has it. It never changes, so its own checksum is its mark."""
    release = _release(number)
    file = opendata.files([release])[release.number][ending]
    etag, moment = f'"{file.checksum}"', int(release.released_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=moment)
    if response is None:
        response = HttpResponse(file.body, content_type=KINDS[ending])
        name = f"ratsbericht-{release.number}-{file.name}"
        response["Content-Disposition"] = content_disposition_header(True, name)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(moment)
    patch_cache_control(response, public=True, max_age=DAY)
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Pages of others may read it, and no browser takes it for something else."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
