"""The questions that the council asks again and again, by the name in their address."""

from coordination.council.summary.patterns import contacts, money, staff, volunteers
from coordination.council.summary.patterns.pattern import Pattern

PATTERNS: dict[str, Pattern] = {
    module.PATTERN.slug: module.PATTERN for module in (staff, contacts, money, volunteers)
}
