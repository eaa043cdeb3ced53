"""Money of agreements as it was booked until a day, whichever way it is grouped."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from coordination.budget.models import AgreementShare, CommitmentBooking, Expense, Payment
from coordination.budget.models.booking import booked_until

# Measure: the ledger, the way from there to the share, and whether its rows have a day.
LEDGERS = {
    "vereinbart": (AgreementShare, "", False),
    "gebunden": (CommitmentBooking, "commitment__share__", True),
    "ausgezahlt": (Payment, "payout__commitment__share__", True),
    "belegt": (Expense, "share__", True),
}


def sums(measures, day: date, *by: str, **only) -> dict[str, dict[tuple, Decimal]]:
    """Of each measure the sum for each group; one query for each.

    ``by`` and ``only`` name columns of the yearly shares of agreements.
    """
    found = {}
    for measure in measures:
        model, way, has_day = LEDGERS[measure]
        rows = model.objects.filter(**{f"{way}{name}": value for name, value in only.items()})
        rows = rows.filter(**booked_until(day)) if has_day else rows.entered(day)
        names = [f"{way}{name}" for name in by]
        grouped = rows.order_by().values(*names).annotate(sum=Sum("amount"))
        found[measure] = {tuple(row): amount for *row, amount in grouped.values_list(*names, "sum")}
    return found
