from django.urls import path

from coordination.budget.views import (
    agreements,
    allocations,
    books,
    commitments,
    documents,
    expense_imports,
    expenses,
    lines,
    overview,
    payout_acts,
    payouts,
    years,
)

app_name = "budget"
urlpatterns = [
    path("", overview.year_overview, name="year_overview"),
    path("bericht.pdf", overview.year_pdf, name="year_pdf"),
    path("stellen/<int:pk>/", overview.position_money, name="position_money"),
    # Years, lines, allocations
    path("jahre/", years.year_list, name="year_list"),
    path("jahre/neu/", years.year_create, name="year_create"),
    path("jahre/<int:pk>/bearbeiten/", years.year_edit, name="year_edit"),
    path("jahre/<int:pk>/abschliessen/", years.year_close, name="year_close"),
    path("jahre/<int:pk>/wieder-oeffnen/", years.year_reopen, name="year_reopen"),
    path("haushaltsstellen/neu/", lines.line_create, name="line_create"),
    path("haushaltsstellen/<int:pk>/", lines.line_detail, name="line_detail"),
    path("haushaltsstellen/<int:pk>/bearbeiten/", lines.line_edit, name="line_edit"),
    path("haushaltsstellen/<int:pk>/nachtrag/", lines.line_supplement, name="line_supplement"),
    path("haushaltsstellen/<int:pk>/umbuchen/", lines.line_move, name="line_move"),
    path("zuweisungen/", allocations.allocation_list, name="allocation_list"),
    path("zuweisungen/neu/", allocations.allocation_create, name="allocation_create"),
    path("zuweisungen/<int:pk>/", allocations.allocation_detail, name="allocation_detail"),
    path(
        "zuweisungen/<int:pk>/verteilen/",
        allocations.allocation_distribute,
        name="allocation_distribute",
    ),
    path("verteilungen/<int:pk>/stornieren/", allocations.funding_reverse, name="funding_reverse"),
    path("anteile/", allocations.share_list, name="share_list"),
    path("anteile/neu/", allocations.share_create, name="share_create"),
    # Agreements, documents, commitments
    path("vereinbarungen/", agreements.agreement_list, name="agreement_list"),
    path("vereinbarungen/neu/", agreements.agreement_create, name="agreement_create"),
    path("vereinbarungen/<int:pk>/", agreements.agreement_detail, name="agreement_detail"),
    path("vereinbarungen/<int:pk>/bearbeiten/", agreements.agreement_edit, name="agreement_edit"),
    path(
        "vereinbarungen/<int:pk>/aufteilung/",
        agreements.agreement_resplit,
        name="agreement_resplit",
    ),
    path(
        "vereinbarungen/<int:pk>/dokument/",
        agreements.agreement_document,
        name="agreement_document",
    ),
    path("dokumente/<int:pk>/", documents.document_download, name="document_download"),
    path("bindungen/<int:pk>/", commitments.commitment_detail, name="commitment_detail"),
    path("anteile/<int:pk>/binden/", commitments.commitment_create, name="commitment_create"),
    path("bindungen/<int:pk>/aendern/", commitments.commitment_change, name="commitment_change"),
    # Payouts
    path("auszahlungen/", payouts.payout_list, name="payout_list"),
    path("auszahlungen/<int:pk>/", payouts.payout_detail, name="payout_detail"),
    path("bindungen/<int:pk>/abschlaege/", payouts.payout_plan, name="payout_plan"),
    path("auszahlungen/<int:pk>/abrufen/", payout_acts.payout_request, name="payout_request"),
    path(
        "auszahlungen/<int:pk>/sachlich/",
        payout_acts.payout_check_content,
        name="payout_check_content",
    ),
    path(
        "auszahlungen/<int:pk>/rechnerisch/",
        payout_acts.payout_check_calculation,
        name="payout_check_calculation",
    ),
    path("auszahlungen/<int:pk>/zurueck/", payout_acts.payout_send_back, name="payout_send_back"),
    path("auszahlungen/<int:pk>/auszahlen/", payout_acts.payout_pay, name="payout_pay"),
    path("auszahlungen/<int:pk>/aufheben/", payout_acts.payout_cancel, name="payout_cancel"),
    path("zahlungen/<int:pk>/rueckbuchen/", payout_acts.payment_reverse, name="payment_reverse"),
    # Expenses
    path("ausgaben/", expenses.expense_list, name="expense_list"),
    path("vereinbarungen/<int:pk>/ausgaben/neu/", expenses.expense_create, name="expense_create"),
    path("ausgaben/<int:pk>/stornieren/", expenses.expense_reverse, name="expense_reverse"),
    path(
        "vereinbarungen/<int:pk>/ausgaben/einlesen/",
        expense_imports.expense_import,
        name="expense_import",
    ),
    path("ausgaben/einlesen/<int:pk>/", expense_imports.expense_preview, name="expense_preview"),
    # Savings and the check of the books
    path("buchpruefung/", books.book_check, name="book_check"),
]
