from agencies.reports.models.reminder import Digest, MailKind, OptOut, Reminder
from agencies.reports.models.report import Comment, Extension, Narrative, Schedule, Submission

__all__ = [
    "Comment",
    "Digest",
    "Extension",
    "MailKind",
    "Narrative",
    "OptOut",
    "Reminder",
    "Schedule",
    "Submission",
]
