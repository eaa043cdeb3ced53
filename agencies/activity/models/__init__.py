from agencies.activity.models.activity import Activity, Draft, Headcount
from agencies.activity.models.monthly import MonthlyPeople, MonthlySum
from agencies.activity.models.period import ReportingPeriod, Rhythm
from agencies.activity.models.upload import ActivityUpload

__all__ = [
    "Activity",
    "ActivityUpload",
    "Draft",
    "Headcount",
    "MonthlyPeople",
    "MonthlySum",
    "ReportingPeriod",
    "Rhythm",
]
