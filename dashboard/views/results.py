"""What the course texts claim and what was measured here, the lowest errors known, the digits still missed, and the studies."""

from dashboard import address
from dashboard.sections import choices, claims, missed_digits, opening, records, studies
from training.runs import RunError

PARTS = {
    "Claims": claims.show,
    "Records": records.show,
    "Missed digits": missed_digits.show,
    address.STUDIES: studies.show,
}


def main() -> None:
    opening.page("Results", "What do course texts claim, what was measured here, and what did many trainings find?")
    part = choices.choose_part(tuple(PARTS), address.TOPIC)
    try:
        PARTS[part]()
    except RunError as error:
        opening.changed(error)


main()
