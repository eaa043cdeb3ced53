from coordination.budget.models.agreement import (
    Agreement,
    AgreementShare,
    Commitment,
    CommitmentBooking,
    CostKind,
)
from coordination.budget.models.allocation import (
    AllocationInstalment,
    Funding,
    SocialShare,
    StateAllocation,
)
from coordination.budget.models.document import Document
from coordination.budget.models.expense import Expense, ExpenseUpload
from coordination.budget.models.line import BudgetLine, BudgetYear, LineBooking
from coordination.budget.models.payout import Payment, Payout

__all__ = [
    "Agreement",
    "AgreementShare",
    "AllocationInstalment",
    "BudgetLine",
    "BudgetYear",
    "Commitment",
    "CommitmentBooking",
    "CostKind",
    "Document",
    "Expense",
    "ExpenseUpload",
    "Funding",
    "LineBooking",
    "Payment",
    "Payout",
    "SocialShare",
    "StateAllocation",
]
