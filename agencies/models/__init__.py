from agencies.models.agency import Agency, Membership
from agencies.models.coverage import Assignment
from agencies.models.staffing import Occupancy, Position, Worker

__all__ = ["Agency", "Assignment", "Membership", "Occupancy", "Position", "Worker"]
