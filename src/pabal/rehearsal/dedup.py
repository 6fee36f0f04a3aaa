"""Duplicates: two successive messy uploads per seed into an empty book, and one into the demo's book."""

from collections.abc import Callable, Sequence
from random import Random

from pabal.rehearsal.hub import Api
from pabal.rehearsal.labels import auto_groups
from pabal.rehearsal.lists import to_csv, uploads
from pabal.rehearsal.people import Person
from pabal.rehearsal.score import Score, score
from pabal.rehearsal.writing import HABIT_WEIGHTS, HABITS, NameKind, Readable, Record, Writer, canonical_mail

Tell = Callable[[float], None]


def two_uploads(api: Api, seed: int, rows: int, tell: Tell) -> Score:
    """Contacts are asked for when both are in: the second may have joined what the first left apart."""
    lists = uploads(seed, rows)
    imports: list[str] = []
    for number, one in enumerate(lists):
        done = api.import_csv(one.body, lambda now, all_, n=number: tell((n + now / all_) / len(lists)))  # type: ignore[misc]
        imports.append(done["id"])
    records = [record for one in lists for record in one.records]
    homes = [home for import_id in imports for home in api.homes(import_id)]
    return score(records, auto_groups(records), homes)


def demo_book(api: Api, seed: int, tell: Tell) -> Score:
    """The demo's people, written down twice more by careless hands, have to come home to their own cards."""
    dice = Random(seed)
    writer = Writer(dice)
    homes, cards, people = _book(api)
    written: list[Record] = []
    for person in people:
        if person.mobiles:
            habit = dice.choices(HABITS, HABIT_WEIGHTS)[0]
            written += [writer.write(person, habit, early=False) for _ in range(2)]
    done = api.import_csv(to_csv(written), lambda now, all_: tell(now / all_))
    records = [*cards, *written]
    return score(records, auto_groups(records), [*homes, *api.homes(done["id"])])


def _book(api: Api) -> tuple[list[str], Sequence[Record], Sequence[Person]]:
    """Ids, the cards as records, and as people who can be written down again."""
    homes: list[str] = []
    cards: list[Record] = []
    people: list[Person] = []
    for number, card in enumerate(api.pages("/api/contacts")):
        name = str(card["name"])
        mobiles = ["".join(filter(str.isdigit, phone)) for phone in card["phones"]]
        emails = [str(email) for email in card["emails"]]
        says = Readable(
            name, NameKind.FULL, mobiles=set(mobiles), email=canonical_mail(emails[0]) if emails else ""
        )
        homes.append(str(card["id"]))
        cards.append(Record(number, {}, says))
        place = ("", "", "", str(card.get("district") or ""), "")
        people.append(Person(number, name[:1], name[1:], "F", (1970, 1, 1), mobiles, emails, "", place))
    return homes, cards, people
