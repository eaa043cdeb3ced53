from coordination.council.models.body import Committee, Group
from coordination.council.models.motion import CouncilPaper, Motion, MotionStep
from coordination.council.models.resolution import Resolution
from coordination.council.models.shared import LINKED
from coordination.council.models.task import ResolutionTask, TaskStep

__all__ = [
    "LINKED",
    "Committee",
    "CouncilPaper",
    "Group",
    "Motion",
    "MotionStep",
    "Resolution",
    "ResolutionTask",
    "TaskStep",
]
