from agencies.models.agency import Agency, Membership
from agencies.models.coverage import Assignment
from agencies.models.staffing import Absence, Occupancy, Position, Worker

__all__ = [
    "Absence",
    "Agency",
    "Assignment",
    "Membership",
    "Occupancy",
    "Position",
    "Worker",
]
