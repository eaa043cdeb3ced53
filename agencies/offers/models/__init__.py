from agencies.offers.models.offer import Offer, OfferException, OfferTime

__all__ = ["Offer", "OfferException", "OfferTime"]
