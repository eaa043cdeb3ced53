from coordination.council.summary.models.report import CouncilReport, Release

__all__ = ["CouncilReport", "Release"]
