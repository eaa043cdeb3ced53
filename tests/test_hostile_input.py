"""Whatever is sent to whatever page, the answer is a page: never an error of ours.

Every page of the permission table gets the payloads below in its path, in its query parameters
and in each field of its forms. The test client raises what a page raises.
"""

import re
from copy import copy
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, override_settings
from django.urls import include, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from coordination import urls
from coordination.access.models import User
from coordination.access.permissions import Perm, require
from coordination.requests import is_malformed
from tests.census import address, filled, forms, pages, sign_in, undone

# Tried in one field at a time, while all the others are right.
SHARP = [
    "9223372036854775808",
    "1e400",
    "NaN",
    "99999-01-01",
    "²",
    "' OR 1=1 --",
    "x" * 3_000,
]
# What is chosen from a list is compared with the list, whatever it is: these reach the database.
FOR_CHOICES = ["9223372036854775808", "²", "x" * 3_000]
CHOICES = {"select", "checkbox", "radio", "submit"}
# Tried in all fields at once.
CORPUS = [
    *SHARP,
    "\0",
    "\ud800",
    "0000-00-00",
    "\r\nSet-Cookie: a=b",
    "",
    " ",
    "a\0b",
    "-1",
    "0",
    "-9223372036854775809",
    "99999999999999999999999999",
    "9" * 400,
    "Infinity",
    "-0",
    "1,5",
    "1_000",
    "0x10",
    "½",
    "١٢٣",
    "2016-02-31",
    "31.02.2016",
    "01.01.99999",
    "2016-13-45",
    "0001-01-01",
    "9999-12-31",
    "1900-01-01",
    "2199-12-31",
    "2016-12-01T00:00:00Z",
    "=1+1",
    "+1",
    "@SUM(A1)",
    "＝1+1",
    "\u202etxt.exe",
    "раураl",
    "\ufeff\u200b",
    "I\u0307İıẞﬁ",
    "🏳️‍🌈",
    "Z\u0351\u036b\u0343" * 60,
    "<script>alert(1)</script>",
    "]]><!--",
    "{{ 7 * 7 }}{% debug %}",
    "%s%n%(x)s{0.__class__}",
    "../../../etc/passwd",
    "\\",
    "'",
    '"',
    "[]",
    "{}",
    "null",
    "true",
    "__all__",
    "pk__in",
    "xlsx",
    "csv",
]
if connection.vendor != "sqlite":
    # What Python refuses by itself was tried with the first database: these may reach the second.
    CORPUS = [
        *SHARP,
        *("\0", "a\0b", "\ud800", "\u202etxt.exe", "I\u0307İıẞﬁ", "🏳️‍🌈", "\\"),
        *("-1", "-9223372036854775809", "9" * 400, "Infinity", "0001-01-01", "9999-12-31"),
    ]
IN_PATHS = [
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "9" * 30,
    "9" * 5_000,
    "1e3",
    "%D9%A1",
    "%C2%B2",
    "%00",
    "%ED%A0%80",
    "%FF%FE",
    "..%2f..%2f",
    "%0d%0aSet-Cookie:%20a=b",
    "' OR 1=1 --",
    "x" * 3_000,
]
# What pages read beside the fields of their own filter form.
QUERY = ["stichtag", "format", "sortierung", "nach", "vor", "seite", "page", "next", "<b>"]
ODD_QUERIES = [
    "stichtag=2016-12-01&stichtag=2017-01-01",
    "stichtag[]=2016-12-01&stichtag[a][b]=1",
    "&&&===&=&%&%zz&a=%",
    "a=1;b=2",
    "[" * 500,
    "&".join(f"a{n}=1" for n in range(300)),
    "x=" + "y" * 100_000,
    "%00=%00",
]
CONTENT_TYPE = "application/x-www-form-urlencoded"


KINDS = [
    CONTENT_TYPE,
    f"{CONTENT_TYPE}; charset=utf-7",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/xml",
    "",
]


def encode(text):
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def query(parameters):
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in parameters.items())


def fine(response):
    assert response.status_code < 500, response
    assert not [name for name in response.cookies if name == "a"]
    assert "\n" not in "".join(response.headers.values())
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def read_with_hostile_query(client, url):
    own = {name for form in forms(client.get(url), "get") for name in form.values}
    names = sorted(own | {"stichtag"})
    # The Stichtag is read before any page; only a page with a filter reads more.
    for payload in CORPUS if own - {"stichtag"} else SHARP:
        everywhere = dict.fromkeys([*QUERY, *names], payload[:300])
        fine(client.get(f"{url}?{query(everywhere)}"))
    # Each payload in each field, every time beside others: a filter goes on with what is right.
    for turn in range(len(SHARP)):
        mixed = {name: SHARP[(turn + place) % len(SHARP)] for place, name in enumerate(names)}
        fine(client.get(f"{url}?{query(mixed)}"))
    for odd in ODD_QUERIES:
        fine(client.get(f"{url}?{odd}"))


def send(client, url, pairs, sent=None):
    """A POST that leaves nothing behind, neither rows nor cookies; the same only once."""
    cookies = copy(client.cookies)
    body = "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)
    if sent is not None:
        if (url, body) in sent:
            return None
        sent.add((url, body))
    with undone():
        response = fine(client.post(url, body, content_type=CONTENT_TYPE))
    client.cookies = cookies
    return response


def one_of_each(names):
    """Of the fields that are the same in each line of a form, those of its first line."""
    return {re.sub(r"\d+", "", name): name for name in reversed(names)}.values()


def send_hostile_forms(client, url, *, frame=False):
    found, sent = forms(client.get(url), "post", frame=frame), set()
    for form in found or [None]:
        values = filled(form) if form else {}
        # This client's requests are not checked for a token.
        values.pop("csrfmiddlewaretoken", None)
        corpus, values = (CORPUS, values) if values else (SHARP, {"next": [""]})
        target = urlsplit(form.action).path or url if form else url

        def pairs(values, **changed):
            return [(n, v) for n, each in (values | changed).items() for v in each]

        send(client, target, [], sent)
        send(client, target, pairs(values), sent)
        for payload in [*corpus, "x" * 100_000]:
            send(client, target, [(name, payload) for name in values], sent)
        for name in one_of_each(values):
            is_chosen = form and form.kinds.get(name) in CHOICES
            for payload in FOR_CHOICES if is_chosen else SHARP:
                send(client, target, pairs(values, **{name: [payload]}), sent)
            send(client, target, pairs(values, **{name: ["1", "2", "1"]}), sent)
            send(client, target, [*pairs(values, **{name: []}), (f"{name}[]", "1")], sent)
    return sent


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def unlimited(settings):
    """The limits on signing in would answer before a page looks at what was sent."""
    settings.ACCOUNT_RATE_LIMITS = False


SEEN = [
    pytest.param(page, row, who, id=f"{page}-{who}")
    for who in ("coordination", "nobody")
    for page, row in pages(who, "yes", "acts")
    if who == "coordination" or (page, row) in pages("nobody", "yes", "acts")
]


@pytest.mark.parametrize(("page", "row", "who"), SEEN)
def test_hostile_queries(client, cast, page, row, who):
    read_with_hostile_query(sign_in(client, cast, who), address(page, row, cast))


@pytest.mark.parametrize(("page", "row", "who"), SEEN)
def test_hostile_forms(client, cast, unlimited, page, row, who):
    send_hostile_forms(sign_in(client, cast, who), address(page, row, cast))


@pytest.mark.parametrize(
    ("who", "actions"),
    [("coordination", {"account_logout", "set_language"}), ("nobody", {"set_language"})],
)
def test_hostile_forms_in_the_frame(client, cast, who, actions):
    """The frame is the same round every page."""
    sign_in(client, cast, who)
    sent = send_hostile_forms(client, reverse("account_inactive"), frame=True)
    assert {url for url, _ in sent} == {reverse(action) for action in actions}


def test_hostile_tokens(cast):
    client = sign_in(Client(enforce_csrf_checks=True), cast, "coordination")
    for payload in CORPUS:
        answer = send(client, reverse("account_logout"), [("csrfmiddlewaretoken", payload)])
        assert answer.status_code in (400, 403)


@pytest.mark.parametrize(
    ("page", "row"), [case for case in pages("coordination", "yes", "acts") if case[1] != "-"]
)
def test_hostile_paths(client, cast, page, row):
    sign_in(client, cast, "coordination")
    url = address(page, row, cast)
    subject = getattr(cast, row)
    if isinstance(subject, tuple):
        subject = subject[-1]
    own = str(getattr(subject, "pk", subject))
    # A page that takes a token says itself that it is none; a number that is no row is missing.
    expected = {302, 400, 404, 405} | ({200} if isinstance(subject, str) else set())
    for payload in IN_PATHS:
        hostile = payload.join(url.rsplit(own, 1))
        for method in (client.get, client.post):
            assert fine(method(hostile)).status_code in expected, hostile


def test_hostile_cookies_and_headers(client, cast):
    for payload in (
        "\\000" * 8 + "aaaaaaaa",
        "x" * 5_000,
        "9" * 40,
        "' OR 1=1 --",
        "\\355\\240\\200",
    ):
        for name in ("__Host-sitzung", "__Host-csrf", "__Host-hinweise", "__Host-aktiv"):
            cookie = f'{name}="{payload}"'
            fine(client.get("/", headers={"cookie": cookie}))
            fine(client.post("/konto/anmelden/", {"login": "a@b.c"}, headers={"cookie": cookie}))
    for name in ("Accept-Language", "User-Agent", "Referer", "X-Forwarded-For", "HX-Current-URL"):
        for payload in ("\xff\xfe", "x" * 8_000, "'", "999.999.999.999", "http://[", "de" * 900):
            fine(client.get("/konto/anmelden/", headers={name: payload}))


def test_hostile_bodies(client, cast, unlimited):
    client.force_login(cast.people["coordination"])
    for kind in KINDS:
        for body in (
            b"",
            b"\xff\xfe\x00",
            b"{" * 1000,
            b"--x\r\nContent-Disposition: form-data\r\n",
        ):
            fine(client.generic("POST", "/sprache/", body, content_type=kind))
    many = urlencode([("a", "1")] * 3_000)
    assert client.post("/sprache/", many, content_type=CONTENT_TYPE).status_code == 400
    large = "a=" + "x" * 3_000_000
    assert client.post("/sprache/", large, content_type=CONTENT_TYPE).status_code in (400, 413)


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:///evil.example",
    "https:evil.example",
    "\thttps://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//evil.example\\@testserver",
    "\x08//evil.example",
    "/%09/evil.example",
]
WAYS = ["next", "return_to", "redirect", "url", "weiter", "zurueck"]


def stays_here(response):
    if 300 <= response.status_code < 400:
        to = response.headers["Location"]
        assert url_has_allowed_host_and_scheme(to, allowed_hosts={"testserver"}), to
        assert "\\" not in urlsplit(to).path
    return True


def lead_elsewhere(client, url, targets=ELSEWHERE):
    form = next(iter(forms(client.get(url), "post")), None)
    for target in targets:
        everywhere = f"{url}?{query(dict.fromkeys(WAYS, target))}"
        referer = {"referer": target.strip()}
        stays_here(client.get(everywhere, headers=referer))
        values = (filled(form) if form else {}) | {way: [target] for way in WAYS}
        cookies = copy(client.cookies)
        with undone():
            body = urlencode(values, doseq=True)
            stays_here(client.post(everywhere, body, content_type=CONTENT_TYPE, headers=referer))
        client.cookies = cookies


@pytest.mark.parametrize(
    ("page", "row"), dict.fromkeys(pages("coordination", "yes", "acts", "moves"))
)
def test_nobody_is_led_elsewhere(client, cast, unlimited, page, row):
    url = address(page, row, cast)
    # Pages of our own read no target at all: a few are enough to see that it stays so.
    targets = ELSEWHERE[:4] if ":" in page else ELSEWHERE
    lead_elsewhere(client, url, targets)
    lead_elsewhere(sign_in(client, cast, "coordination"), url, targets)


def test_signing_in_leads_nowhere_else(client, cast, unlimited):
    user = cast.people["stranger"]
    user.set_password("correct-horse-9")
    user.save()
    for target in ELSEWHERE:
        form = {"login": user.email, "password": "correct-horse-9", "next": target}
        response = client.post("/konto/anmelden/", form)
        assert response.status_code == 302
        stays_here(response)
        client.logout()


# --- Whether the tests above would notice ------------------------------------------------------


@require(Perm.VIEW_OVERVIEW)
def breaks(request):
    """A page that trusts what it is sent, in the one field of its form and in its query."""
    int(request.POST.get("number", "1"))
    if request.GET.get("stichtag") == "NaN":
        raise ValueError
    return HttpResponse('<main><form method="post"><input name="number" type="number"></form>')


@require(Perm.VIEW_OVERVIEW)
def leads(request):
    to = request.GET.get("next", "/")
    return HttpResponseRedirect(to) if "://" in to else HttpResponse("")


urlpatterns = [
    path("breaks/", breaks),
    path("leads/", leads),
    path("", include("coordination.urls")),
]
handler500 = urls.handler500


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_breaks_or_leads_elsewhere_would_be_found(client, cast):
    client.force_login(cast.people["coordination"])
    with pytest.raises(ValueError):  # noqa: PT011 – the page's own failure
        read_with_hostile_query(client, "/breaks/")
    with pytest.raises(ValueError):  # noqa: PT011 – the page's own failure
        send_hostile_forms(client, "/breaks/")
    with pytest.raises(AssertionError):
        lead_elsewhere(client, "/leads/")


def test_without_the_early_refusal_a_surrogate_would_reach_the_database(db):
    assert is_malformed("a\0b")
    assert is_malformed("\ud800")
    assert not is_malformed("ä🏳️‍🌈")
    with pytest.raises((ValueError, UnicodeEncodeError)):
        list(User.objects.filter(name="\ud800"))
