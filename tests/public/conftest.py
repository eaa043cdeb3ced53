from datetime import date

import pytest

from tests import make

DAY = date(2016, 12, 1)


@pytest.fixture
def town(db, settings):
    """Eicken, led by a person of the AWO; the city's coordination; on a day of the term."""
    settings.PORTAL_DAY = DAY
    make.agency(name="Stadt Musterstadt", short_name="Stadt", kind="city", phone="02161 000-60")
    return Town()


class Town:
    def __init__(self):
        self.borough = make.borough(name="Nord")
        self.eicken = make.district("41061", "41063", name="Eicken", parent=self.borough)
        self.awo = make.agency(
            name="Arbeiterwohlfahrt",
            short_name="AWO",
            phone="02166 000-10",
            email="awo@example.org",
            office_hours="Mo bis Do 9:00–16:00",
        )

    def worker(self, agency=None, **fields):
        """Somebody whose contact is released."""
        contact = {
            "name": "Miriam Sandvoß",
            "phone": "02161 000-101",
            "email": "sandvoss@example.org",
            "languages": "Deutsch, Arabisch",
            "office_hours": "Mo und Mi 9:00–12:00",
            "is_public": True,
        }
        return make.worker(agency=agency or self.awo, **contact | fields)

    def responsible(self, *codes, worker=None, district=None, **fields):
        """The assignment of a position the worker holds; without one it is vacant."""
        agency = worker.agency if worker else self.awo
        position = fields.pop("position", None) or make.position(agency=agency)
        if worker:
            make.occupancy(position=position, worker=worker)
        return make.assignment(
            *codes, position=position, district=district or self.eicken, **fields
        )
