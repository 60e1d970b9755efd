"""The six teams of Schiedam's neighbourhood support, as places; everything else in the demo is invented.

Source of the names: the municipality's public list of teams. Coordinates: centroids of the postcode
areas (2016 data), good enough for a distance within the city.
"""

from datetime import date

from sqlalchemy.orm import Session

from app.city.models import District, Location, Topic
from app.city.service import ensure_holidays

LOCATIONS = (
    ("CEW", "Centrum-West", 51.9126, 4.3865),
    ("NOR", "Noordrand", 51.9421, 4.3682),
    ("GRO", "Groenoord", 51.9335, 4.3794),
    ("OOS", "Oost", 51.9173, 4.4103),
    ("NIE", "Nieuwland", 51.9221, 4.3932),
    ("ZUI", "Zuid", 51.9052, 4.4037),
)
TOPICS = (
    ("finances", "Geldzaken", "Finances"),
    ("parenting", "Opvoeden en opgroeien", "Parenting"),
    ("participation", "Meedoen", "Participation"),
    ("domestic-violence", "Huiselijk geweld", "Domestic violence"),
    ("education", "Onderwijs", "Education"),
    ("housing", "Wonen", "Housing"),
    ("unclear", "Nog onbekend", "Not known yet"),
)


def add_city(session: Session, today: date) -> None:
    """Add the locations, their districts, the topics, and the public holidays around today."""
    for code, name, latitude, longitude in LOCATIONS:
        session.add(Location(code=code, name=name, latitude=latitude, longitude=longitude))
    session.flush()
    for code, name, *_ in LOCATIONS:
        session.add(District(code=code, name=name, location_code=code))
    for position, (code, label_nl, label_en) in enumerate(TOPICS, start=1):
        session.add(Topic(code=code, label_nl=label_nl, label_en=label_en, position=position, active=True))
    session.flush()
    ensure_holidays(session, today)
