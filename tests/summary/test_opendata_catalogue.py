"""The catalogue, read by a library that did not write it. No document is fetched for it."""

import json
from hashlib import sha256

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from tests import make
from tests.summary.published import release, url

pytestmark = [
    pytest.mark.django_db,
    # Of the library's own reader of JSON-LD.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = Namespace("http://publications.europa.eu/resource/authority/")
FORMS = {"jsonld": "json-ld", "ttl": "turtle"}
BASE = "https://testserver"
# What DCAT-AP.de 3.0 demands of each class, with the conventions of GovData.
DEMANDED = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset],
    DCAT.Dataset: [
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.publisher,
        DCAT.contactPoint,
        DCAT.distribution,
        DCATDE.politicalGeocodingLevelURI,
        DCTERMS.identifier,
        DCTERMS.issued,
        DCTERMS.modified,
        DCTERMS.temporal,
        DCAT.theme,
        DCAT.keyword,
        DCAT.landingPage,
    ],
    DCAT.Distribution: [
        DCAT.accessURL,
        DCAT.downloadURL,
        DCTERMS.license,
        DCATDE.licenseAttributionByText,
        DCTERMS["format"],
        DCAT.mediaType,
        DCAT.byteSize,
        SPDX.checksum,
    ],
    FOAF.Agent: [FOAF.name],
    VCARD.Kind: [VCARD.fn],
    SPDX.Checksum: [SPDX.algorithm, SPDX.checksumValue],
    DCTERMS.PeriodOfTime: [DCAT.startDate, DCAT.endDate],
}
ONCE = [DCTERMS.publisher, DCTERMS.issued, DCAT.byteSize, SPDX.checksum, VCARD.fn, DCTERMS.license]


def read(client, ending):
    answer = client.get(f"/offene-daten/katalog.{ending}")
    assert answer.status_code == 200
    return Graph().parse(data=answer.content.decode(), format=FORMS[ending])


@pytest.fixture(params=FORMS)
def graph(request, client):
    release()
    make.release()
    return read(client, request.param)


def test_both_forms_say_the_same(client):
    release(), make.release()
    assert set(read(client, "jsonld")) == set(read(client, "ttl"))


def test_nothing_has_to_be_fetched_to_read_it(client):
    make.release()
    context = json.loads(client.get("/offene-daten/katalog.jsonld").content)["@context"]
    assert isinstance(context, dict)
    assert all(isinstance(address, str) for address in context.values())


@pytest.mark.parametrize("kind", DEMANDED)
def test_each_class_has_what_is_demanded(graph, kind):
    rows = list(graph.subjects(RDF.type, kind))
    assert rows
    for row in rows:
        missing = [name for name in DEMANDED[kind] if not list(graph.objects(row, name))]
        assert missing == []
        assert not [name for name in ONCE if len(list(graph.objects(row, name))) > 1]


def test_the_catalogue_lists_every_release(graph):
    [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
    assert set(graph.objects(catalogue, DCAT.dataset)) == {
        URIRef(f"{BASE}/offene-daten/ratsbericht-{number}/#datensatz") for number in (1, 2)
    }


def test_licence_themes_and_level_are_those_of_the_vocabularies(graph):
    [level] = set(graph.objects(None, DCATDE.politicalGeocodingLevelURI))
    assert str(level) == "http://dcat-ap.de/def/politicalGeocoding/Level/municipality"
    licences = set(graph.objects(None, DCTERMS.license))
    assert licences == {URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")}
    assert set(graph.objects(None, DCAT.theme)) == {EU["data-theme/SOCI"], EU["data-theme/GOVE"]}
    assert set(graph.objects(None, DCTERMS["format"])) == {
        EU["file-type/CSV"],
        EU["file-type/JSON"],
    }


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_size_and_checksum_are_those_of_the_file(client, ending):
    row = release()
    graph, body = read(client, "ttl"), client.get(url(row, ending)).content
    [file] = graph.subjects(DCAT.downloadURL, URIRef(BASE + url(row, ending)))
    checksum = graph.value(file, SPDX.checksum)
    assert graph.value(file, DCAT.byteSize) == Literal(len(body), datatype=XSD.nonNegativeInteger)
    assert str(graph.value(checksum, SPDX.checksumValue)).lower() == sha256(body).hexdigest()
    assert graph.value(checksum, SPDX.checksumValue).datatype == XSD.hexBinary


def test_without_settings_it_claims_no_place_and_no_contributor(client):
    make.release()
    graph = read(client, "ttl")
    assert not list(graph.objects(None, DCTERMS.spatial))
    assert not list(graph.objects(None, DCATDE.contributorID))
    [contact] = graph.objects(None, VCARD.hasURL)
    assert contact == URIRef(f"{BASE}/offene-daten/")


@pytest.mark.parametrize(
    ("key", "kind"), [("05116000", "municipalityKey"), ("051160000000", "regionalKey")]
)
def test_with_settings_it_names_place_contributor_and_contact(client, settings, key, kind):
    settings.PORTAL_CITY_KEY = key
    settings.PORTAL_CONTRIBUTOR_ID = "http://dcat-ap.de/def/contributors/musterstadt"
    settings.PORTAL_OPEN_DATA_CONTACT = "daten@example.org"
    make.release()
    graph = read(client, "jsonld")
    place = URIRef(f"http://dcat-ap.de/def/politicalGeocoding/{kind}/{key}")
    assert set(graph.objects(None, DCTERMS.spatial)) == {place}
    [contributor] = graph.objects(None, DCATDE.contributorID)
    assert contributor == URIRef(settings.PORTAL_CONTRIBUTOR_ID)
    assert set(graph.objects(None, VCARD.hasEmail)) == {URIRef("mailto:daten@example.org")}


def test_a_title_with_every_sign_is_read_back(client):
    title = 'Ein "Titel"\\ mit <Zeichen> & € \t{}'
    make.release(title=title)
    for ending in FORMS:
        titles = [str(row) for row in read(client, ending).objects(None, DCTERMS.title)]
        assert f"Ratsbericht Nr. 1: {title}" in titles


@pytest.mark.parametrize("ending", FORMS)
def test_other_sites_may_read_it_and_ask_whether_it_is_new(client, ending):
    make.release()
    address = f"/offene-daten/katalog.{ending}"
    answer = client.get(address)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    make.release()
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 200


def test_an_empty_catalogue_is_one_too(client):
    graph = read(client, "jsonld")
    assert list(graph.subjects(RDF.type, DCAT.Catalog))
    assert not list(graph.subjects(RDF.type, DCAT.Dataset))
