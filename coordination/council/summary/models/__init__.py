from coordination.council.summary.models.answer import Answer
from coordination.council.summary.models.report import CouncilReport, Release

__all__ = ["Answer", "CouncilReport", "Release"]
