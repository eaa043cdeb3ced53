from agencies.offers.models.offer import (
    Confirmation,
    Offer,
    OfferException,
    OfferTime,
    hours,
)

__all__ = ["Confirmation", "Offer", "OfferException", "OfferTime", "hours"]
