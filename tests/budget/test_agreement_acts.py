"""Editing, splitting anew and adding documents to an agreement."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination.audit.models import Entry
from coordination.budget import agreements
from coordination.budget.models import Document
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.budget.test_agreement_create import rows

__all__ = ["signed_in"]
NAMES = ("subject", "signed_on", "positions")


@pytest.fixture
def send(signed_in, cast):
    """``send("agreement_edit", subject="…")`` to the cast's agreement, by the coordination."""

    def post(page, **fields):
        url = reverse(f"budget:{page}", args=[cast.agreement.pk])
        return signed_in("coordination").post(url, fields)

    return post


def test_subject_signature_and_positions_can_be_edited(send, cast):
    seen = fingerprint(cast.agreement, NAMES)
    answer = send(
        "agreement_edit", subject="Neu", signed_on="15.03.2016", positions=[], reason="", seen=seen
    )
    assert answer.status_code == 302
    cast.agreement.refresh_from_db()
    assert (cast.agreement.subject, cast.agreement.signed_on) == ("Neu", date(2016, 3, 15))
    assert not cast.agreement.positions.exists()
    entry = Entry.objects.get(target_model="budget.agreement")
    assert set(entry.after) == {"subject", "signed_on", "positions"}


def test_who_edits_after_somebody_else_loses_nothing(send, cast):
    seen = fingerprint(cast.agreement, NAMES)
    agreements.change(cast.agreement, subject="Von der anderen", by=None)
    answer = send("agreement_edit", subject="Von mir", signed_on="", seen=seen)
    assert "Von der anderen" in text(answer)
    assert answer.context["form"]["subject"].value() == "Von mir"
    cast.agreement.refresh_from_db()
    assert cast.agreement.subject == "Von der anderen"


def test_positions_of_others_cannot_be_named(send, cast):
    foreign = make.position(agency=cast.other_agency)
    seen = fingerprint(cast.agreement, NAMES)
    answer = send("agreement_edit", subject="X", positions=[foreign.pk], seen=seen)
    assert "positions" in answer.context["form"].errors


def test_an_agreement_on_material_names_no_positions(signed_in, cast):
    other = make.agreement(agency=cast.agency, kind="material")
    url = reverse("budget:agreement_edit", args=[other.pk])
    answer = signed_in("coordination").get(url)
    assert "positions" not in answer.context["form"].fields
    sent = {"subject": "Möbel", "seen": answer.context["form"]["seen"].value()}
    assert signed_in("coordination").post(url, sent).status_code == 302


def test_a_new_split_starts_from_the_one_there_is(signed_in, cast):
    url = reverse("budget:agreement_resplit", args=[cast.agreement.pk])
    answer = signed_in("coordination").get(url)
    assert [row["amount"].value() for row in answer.context["rows"].filled] == [
        "24.000,00",
        "8.000,00",
    ]
    assert "mindestens die gebundenen 18.000,00" in text(answer)


def resplit(send, cast, amount, *parts, **fields):
    fields = {"reason": "Nachverhandelt", "seen": agreements.stand(cast.agreement), **fields}
    return send("agreement_resplit", amount=amount, **rows(*parts), **fields)


SPLIT = [(2016, "staff", "25.000"), (2017, "staff", "9.000")]


def test_amount_and_split_are_changed_together(send, cast):
    assert resplit(send, cast, "34.000", *SPLIT).status_code == 302
    assert [share.amount for share in cast.agreement.shares.all()] == [25_000, 9_000]
    cast.agreement.refresh_from_db()
    assert cast.agreement.amount == 34_000


@pytest.mark.parametrize(
    ("amount", "parts", "fields", "said"),
    [
        ("34.000,01", SPLIT, {}, "es fehlen 0,01"),
        ("9.000", [(2017, "staff", "9.000")], {}, "18.000,00\xa0€ gebunden"),
        ("0,005", SPLIT, {}, "ganze Cent"),
        ("-1", SPLIT, {}, "mindestens"),
        ("34.000", SPLIT, {"reason": ""}, "erforderlich"),
        ("34.000", [*SPLIT, (2018, "staff", "1")], {}, "2018 liegt außerhalb"),
        ("34.000", SPLIT, {"seen": ""}, "inzwischen geändert"),
    ],
)
def test_a_wrong_split_is_refused_and_stays_typed(send, cast, amount, parts, fields, said):
    answer = resplit(send, cast, amount, *parts, **fields)
    assert said in str(answer.context["form"].errors)
    assert answer.context["form"]["amount"].value() == amount
    assert [share.amount for share in cast.agreement.shares.all()] == [24_000, 8_000]


def test_after_a_conflict_sending_again_is_meant(send, cast):
    answer = resplit(send, cast, "34.000", *SPLIT, seen="old")
    again = answer.context["form"]["seen"].value()
    assert resplit(send, cast, "34.000", *SPLIT, seen=again).status_code == 302


def pdf(content=make.PDF + b"%", name="Vereinbarung AWO.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_pdf_is_added_once(send, cast):
    assert send("agreement_document", file=pdf()).status_code == 302
    again = send("agreement_document", file=pdf())
    assert "liegt schon bei der Vereinbarung" in str(again.context["form"].errors["file"])
    assert cast.agreement.documents.count() == 2
    entry = Entry.objects.get(target_model="budget.document")
    assert (entry.agency_id, entry.after["name"]) == (cast.agency.pk, "Vereinbarung AWO.pdf")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (pdf(b"MZ\x90\x00\x03" * 50, "angebot.pdf"), "Nur PDF-Dateien"),
        (pdf(b"", "leer.pdf"), "leer"),
        (pdf(b"%PDF-" + b"0" * 11_000_000), "höchstens 10,0 MB"),
        ("kein Upload", "erforderlich"),
        (pdf(name="x" * 300 + ".pdf"), None),
    ],
)
def test_a_wrong_file_is_explained_and_not_kept(send, cast, file, said):
    answer = send("agreement_document", file=file)
    if said is None:
        assert answer.status_code == 302
    else:
        assert said in str(answer.context["form"].errors["file"])
        assert Document.objects.count() == 1
