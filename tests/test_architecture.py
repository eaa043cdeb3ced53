"""The shape of the code base, as tests."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.urls import URLPattern, get_resolver

from tests.census import address, pages, sign_in

ROOT = Path(settings.BASE_DIR)
# From the ground up. An app may import, and point a foreign key at, what stands before it.
LAYERS = [
    "coordination.access",
    "coordination.audit",
    "districts",
    "agencies",
    "agencies.lists",
    "agencies.offers",
    "agencies.activity",
    "agencies.reports",
    "coordination.budget",
    "volunteers",
    "volunteers.desk",
    "coordination.council",
    "coordination.council.summary",
    "coordination.public",
    "coordination.people",
    "coordination.retention",
    "coordination.overview",
    "coordination.demo",
]
# Beside the settings lie plain modules, which know no app, and these few that wire apps together.
WIRING = {"settings", "urls", "wsgi", "context", "requests", "errors", "health", "navigation"}
FORBIDDEN = {"utils", "helpers", "services", "managers", "constants", "signals", "common", "misc"}
# Calendars are for everybody, and files.
CALENDARS = {
    "offers:offer_feed",
    "offers:agency_feed",
    "offers:district_feed",
    "public:offer_feed",
}
# Open data are for everybody where the city switches them on; these of them are files.
DATA = {
    "summary:dataset_csv",
    "summary:dataset_json",
    "summary:catalogue_jsonld",
    "summary:catalogue_turtle",
}
# The ask-back desk for those who ask: they have no account, but a link for every step.
DESK = {
    "desk:question_ask",
    "desk:question_sent",
    "desk:question_done",
    "desk:question_confirm",
    "desk:question_continue",
    "desk:question_end",
    "desk:question_withdraw",
    "desk:faq_public",
}
# Who is the contact person where, for everybody where the city switches it on.
FINDER = {
    "public:contact_list",
    "public:contact_detail",
    "public:contact_card",
    "public:contact_card_pdf",
    "public:contact_vcard",
}
# What is offered, and what the law asks every city to say.
PUBLIC = {
    "public:offer_list",
    "public:offer_calendar",
    "public:offer_detail",
    "public:imprint",
    "public:privacy",
    "public:accessibility",
    "public:feedback_create",
}
# The only pages that ask for no permission: they belong to nobody, or to whoever is signed in.
WITHOUT_PERMISSION = {
    "alive",
    "ready",
    "set_language",
    "people:invitation_accept",
    "reports:mail_unsubscribe",
    "summary:dataset_list",
    "summary:dataset_detail",
    *CALENDARS,
    *DATA,
    *DESK,
    *FINDER,
    *PUBLIC,
}
# What every role may see of the whole city needs no scope: the districts, the central lists.
DIRECTORY = {"District", "PostalCode", "Kind", "Format", "Topic", "TargetGroup", "DeclarationText"}
# The few other places where a view reaches rows without its scope, each with its reason.
BEYOND_SCOPE = {
    # The directory of agencies and its contact persons, and rows of an agency found before.
    "agencies/views/agencies.py": {"Agency", "Occupancy", "Assignment"},
    "agencies/views/workers.py": {"Worker", "Assignment"},
    # What is offered is public.
    "agencies/offers/views/feeds.py": {"Offer"},
    # What is released is public where the city says so.
    "coordination/council/summary/views/opendata.py": {"Release"},
    # Rows of a position found before.
    "agencies/views/positions.py": {"Assignment"},
    "coordination/budget/views/overview.py": {"Assignment"},
    # Reports of barriers go to the city: the permission holds city-wide or not at all.
    "coordination/public/views/legal.py": {"Feedback"},
    # What was released is for everybody.
    "volunteers/desk/views/faqs.py": {"Faq"},
    # City roles: the permission to manage accounts holds city-wide or not at all.
    "coordination/people/views/accounts.py": {"CityRole", "Account"},
    # Whether whoever opens an invitation has an account: asked with the token of its mail.
    "coordination/people/views/invitations.py": {"User"},
    # Who may do this holds the permission city-wide; the runs hold numbers.
    "coordination/retention/views/rules.py": {"Question", "RetentionRun"},
    "coordination/retention/views/askers.py": {"Question"},
}
LONGEST = 300
# Pages that answer with a file, so without a template.
FILES = {
    "public:contact_card_pdf",
    "retention:volunteer_json",
    "public:contact_vcard",
    "activity:import_template",
    "volunteers:import_template",
    "budget:document_download",
    *CALENDARS,
    *DATA,
}


def sources(*folders):
    return sorted({path for folder in folders for path in (ROOT / folder).rglob("*.py")})


LAYER_SOURCES = sources(*(layer.replace(".", "/") for layer in LAYERS))
ALL_SOURCES = sources("coordination", "districts", "agencies", "volunteers", "tests")
PLAIN = sorted(
    path for path in (ROOT / "coordination").glob("*.py") if path.stem not in {"__init__", *WIRING}
)
VIEWS = [p for p in LAYER_SOURCES if p.name == "views.py" or p.parent.name == "views"]


def name_of(path):
    return str(path.relative_to(ROOT))


def layer_of(module):
    """The place of the innermost app the module belongs to."""
    homes = [layer for layer in LAYERS if f"{module}.".startswith(f"{layer}.")]
    return LAYERS.index(max(homes, key=len)) if homes else None


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {path}"
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def upward_imports(path, here):
    return [m for m in imports(path) if (there := layer_of(m)) is not None and there > here]


@pytest.mark.parametrize("path", LAYER_SOURCES, ids=name_of)
def test_imports_point_down(path):
    here = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert upward_imports(path, here) == []


@pytest.mark.parametrize("path", PLAIN, ids=name_of)
def test_plain_modules_know_no_app(path):
    assert upward_imports(path, -1) == []


def test_every_app_has_its_place_in_the_order():
    ours = {
        app.name for app in apps.get_app_configs() if (ROOT / app.name.replace(".", "/")).is_dir()
    }
    assert ours == set(LAYERS)


def test_foreign_keys_point_down():
    for model in apps.get_models():
        if (here := layer_of(model.__module__)) is None:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model:
                there = layer_of(field.related_model.__module__)
                assert there is None or there <= here, f"{field} points up"


@pytest.mark.parametrize("path", ALL_SOURCES, ids=name_of)
def test_a_module_has_an_honest_name(path):
    assert path.stem not in FORBIDDEN


@pytest.mark.parametrize(
    "path",
    [p for p in LAYER_SOURCES if p in VIEWS or p.name == "models.py" or p.parent.name == "models"],
    ids=name_of,
)
def test_models_and_views_stay_short(path):
    assert len(path.read_text().splitlines()) <= LONGEST


def unscoped(source):
    """Models whose rows a view reaches neither in its scope nor as the visitor's own."""
    day = r"(?:,\s*today\(\)(?:,\s*arrangement=\w+)?\s*)?"
    scoped = rf"\.(?:within|reachable|deletable)\(\s*(?:request\.)?scope\s*{day}\)"
    own = r"(?:\.\w+\(\))*\.filter\(\s*user=(?:request\.)?user\b"
    found = re.findall(rf"\b([A-Z]\w+)\.objects\b(?!\s*(?:{scoped}|{own}))", source)
    return [model for model in found if model not in DIRECTORY]


@pytest.mark.parametrize("path", VIEWS, ids=name_of)
def test_views_reach_rows_only_through_a_scope(path):
    found = set(unscoped(path.read_text()))
    assert found == BEYOND_SCOPE.get(name_of(path), set())


def test_a_view_without_scope_would_be_found():
    assert unscoped("Worker.objects.all()") == ["Worker"]
    assert unscoped("Worker.objects.within(other)") == ["Worker"]
    assert unscoped("Worker.objects.within(request.scope).get(pk=pk)") == []


def patterns(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner)


# What has no namespace is allauth's, or was named above.
OWN_PAGES = [
    pytest.param(name, pattern, id=name)
    for name, pattern in patterns()
    if ":" in name or name in WITHOUT_PERMISSION
]


@pytest.mark.parametrize(("name", "pattern"), OWN_PAGES)
def test_a_page_asks_for_a_permission(name, pattern):
    assert hasattr(pattern.callback, "requires") or name in WITHOUT_PERMISSION


@pytest.mark.parametrize(
    ("page", "row"), [p for p in pages("coordination", "yes") if ":" in p[0] and p[0] not in FILES]
)
def test_a_page_shows_the_template_of_its_name(client, cast, page, row):
    sign_in(client, cast, "coordination")
    response = client.get(address(page, row, cast))
    assert f"{page.replace(':', '/')}.html" in [template.name for template in response.templates]


@pytest.mark.parametrize(("name", "pattern"), OWN_PAGES)
def test_a_page_has_one_name(name, pattern):
    if ":" not in name:
        return
    namespace, short = name.split(":")
    view = pattern.callback
    assert view.__name__ == short
    assert layer_of(view.__module__) is not None


def test_every_template_parses():
    for path in (ROOT / "templates").rglob("*.html"):
        engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


def test_rows_have_one_order():
    """Without a unique last column, pages of a list repeat and skip rows."""
    for model in apps.get_models():
        if layer_of(model.__module__) is None:
            continue
        ordering = model._meta.ordering
        last = ordering[-1].lstrip("-") if ordering else ""
        assert last == "pk" or model._meta.get_field(last).unique, f"{model} orders by {ordering}"


def test_the_lock_files_agree():
    def pins(name):
        return dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.M))

    runtime, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime.items() <= tests.items()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[\[<>=]", item)[0] for item in wanted} <= set(runtime)


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"],
)
def test_no_lock_file_names_a_registry(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    assert "resolved" not in text
